// Memory that is taken once and used for many steps, and views of it. The only place where the
// engine's buffers come from; it refuses to grow.
import Glibc

/// A view of floats that a `Memory` owns. Whoever holds a view keeps its memory alive elsewhere.
package struct Floats: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  package let count: Int

  init(base: UnsafeMutablePointer<Float>, count: Int) {
    self.base = base
    self.count = count
  }

  package subscript(_ index: Int) -> Float {
    get {
      precondition(index >= 0 && index < count, "an index inside the view")
      return base[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count, "an index inside the view")
      base[index] = newValue
    }
  }

  /// The `count` floats from `start` on.
  package func slice(_ start: Int, _ count: Int) -> Floats {
    precondition(start >= 0 && count >= 0 && start + count <= self.count, "a part of the view")
    return Floats(base: base + start, count: count)
  }

  package func fill(_ value: Float) { base.update(repeating: value, count: count) }

  package func copy(from other: Floats) {
    precondition(other.count == count, "as many floats as the view has")
    memmove(base, other.base, count * MemoryLayout<Float>.size)
  }

  /// Fills the view with elements of the array from `start` on.
  package func copy(from array: [Float], at start: Int = 0) {
    precondition(start >= 0 && start + count <= array.count, "the array has enough elements")
    array.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress, count > 0 else { return }
      memcpy(base, first + start, count * MemoryLayout<Float>.size)
    }
  }

  /// Writes the view into elements of the array from `start` on.
  package func copy(to array: inout [Float], at start: Int = 0) {
    precondition(start >= 0 && start + count <= array.count, "the array has enough room")
    array.withUnsafeMutableBufferPointer { target in
      guard let first = target.baseAddress, count > 0 else { return }
      memcpy(first + start, base, count * MemoryLayout<Float>.size)
    }
  }

  package var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

  /// The same memory as bytes, four to a float.
  var bytes: UnsafeMutablePointer<UInt8> {
    UnsafeMutableRawPointer(base).assumingMemoryBound(to: UInt8.self)
  }
}

/// Zeroed bytes, at an address that is a multiple of 64: a vector never lies across two lines. Many
/// bytes are in large pages.
final class Store: @unchecked Sendable {
  let raw: UnsafeMutableRawPointer
  /// How many bytes the system gave directly; 0 where they come from the heap.
  private let mapped: Int

  init(bytes: Int) {
    precondition(bytes >= 0, "sizes are not negative")
    if bytes >= Pages.worthwhileBytes, let memory = Pages.zeroed(bytes) {
      raw = memory
      mapped = bytes
    } else {
      raw = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes), alignment: 64)
      memset(raw, 0, bytes)
      mapped = 0
    }
  }

  deinit { if mapped > 0 { munmap(raw, mapped) } else { raw.deallocate() } }
}

/// Zeroed floats.
package final class Memory: @unchecked Sendable {
  package let floats: Floats
  private let store: Store

  package init(_ count: Int) {
    store = Store(bytes: count * MemoryLayout<Float>.stride)
    floats = Floats(base: store.raw.bindMemory(to: Float.self, capacity: count), count: count)
  }
}

extension Memory {
  /// What the machine could still give without swapping, in bytes: an estimate.
  package static var availableBytes: Int {
    let whole = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    guard let file = fopen("/proc/meminfo", "r") else { return whole }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = line.withUnsafeBufferPointer { bytes in
        bytes.baseAddress.map { String(cString: $0) } ?? ""
      }
      guard text.hasPrefix("MemAvailable:") else { continue }
      return Int(text.split(separator: " ").dropFirst().first ?? "").map { $0 * 1024 } ?? whole
    }
    return whole
  }
}
