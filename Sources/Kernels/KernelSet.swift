// Which set of kernels this process runs: chosen once, forced to baseline by `CNB_KERNELS`.
import CKernels

package enum KernelSet {
  /// "v3" (AVX2 and FMA) or "baseline".
  package static var name: String { String(cString: ck_set_name()) }
}
