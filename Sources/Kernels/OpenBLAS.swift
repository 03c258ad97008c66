// The library behind products and decompositions, loaded when one of them first needs it.
import COpenBLAS

enum OpenBLAS {
  /// Its routines; nil where it is not installed, or `CNB_BLAS` is "none".
  static let library: openblas? = openblas_load()?.pointee

  /// Why there is none.
  static var problem: String { String(cString: openblas_problem()) }
}

/// CBLAS's words for what its routines take.
enum BLAS {
  static let rows = Int32(BLAS_ROWS)
  static let upper = Int32(BLAS_UPPER)
  static let right = Int32(BLAS_RIGHT)
  static let notUnit = Int32(BLAS_NOT_UNIT)

  static func transposed(_ isTransposed: Bool) -> Int32 {
    Int32((isTransposed ? BLAS_TRANSPOSED : BLAS_AS_IS))
  }
}
