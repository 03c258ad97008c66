// Which set of kernels this process runs: chosen once; `CNB_KERNELS` forces a smaller one.
import CKernels

package enum KernelSet {
  /// "v4" (AVX-512 with VNNI), "v3" (AVX2 and FMA) or "baseline".
  package static var name: String { String(cString: ck_set_name()) }
}
