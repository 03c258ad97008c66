// Which set of kernels this process runs: chosen once; `CNB_KERNELS` forces a smaller one.
import CKernels
import Glibc

package enum KernelSet {
  /// "v4" (AVX-512 with VNNI), "v3" (AVX2 and FMA) or "baseline".
  package static var name: String { String(cString: ck_set_name()) }

  /// A variable of the environment, nil where it is not set or empty.
  package static func variable(_ name: String) -> String? {
    guard let raw = getenv(name), raw.pointee != 0 else { return nil }
    return String(cString: raw)
  }
}
