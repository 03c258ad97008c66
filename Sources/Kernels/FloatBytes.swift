// Floats as they lie in files: four bytes each, little-endian.
import Glibc

package enum FloatBytes {
  /// The floats in bytes, four to a float; bytes that are left over make none.
  package static func floats(
    in bytes: ArraySlice<UInt8>, on workers: Workers = .shared
  ) -> [Float] {
    let count = bytes.count / 4
    return [Float](filling: count) { floats in
      nonisolated(unsafe) let floats = floats
      bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        nonisolated(unsafe) let bytes = start
        Pass.run(count, on: workers) { _, range, _ in
          memcpy(floats + range.lowerBound, bytes + 4 * range.lowerBound, 4 * range.count)
          #if _endian(big)
            for i in range { floats[i] = Float(bitPattern: floats[i].bitPattern.byteSwapped) }
          #endif
        }
      }
    }
  }
}
