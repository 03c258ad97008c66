// Tensors as text, line by line.
import Tensors
import Testing

@Suite struct DescribeTests {
  @Test func small() {
    #expect(Tensor(scalar: 2.5).described == "2.5\nshape []")
    #expect(Tensor(vector: []).described == "[]\nshape [0]")
    #expect(Tensor(vector: [1, -2, 3]).described == "[ 1  -2   3]\nshape [3]")
    #expect(
      Tensor(trusted: [2, 3], [0.5, -1.25, 3, 10, 0.001_234_5, .nan]).described == """
        [[  0.5        -1.25        3       ]
         [ 10           0.001234  nan       ]]
        shape [2, 3]
        """)
  }

  @Test func long() {
    let vector = Tensor(vector: (0..<100).map { Float($0) })
    #expect(vector.described == "[ 0   1   2   3  …  96  97  98  99]\nshape [100]")
    let matrix = Tensor(repeating: 1, shape: [20, 2])
    #expect(
      matrix.described == """
        [[1  1]
         [1  1]
         [1  1]
         [1  1]
         …
         [1  1]
         [1  1]
         [1  1]
         [1  1]]
        shape [20, 2]
        """)
  }

  @Test func deep() {
    let tensor = Tensor(trusted: [2, 2, 2], (0..<8).map { Float($0) })
    #expect(
      tensor.described == """
        [[[0  1]
          [2  3]]

         [[4  5]
          [6  7]]]
        shape [2, 2, 2]
        """)
    let many = Tensor(repeating: 0, shape: [Int](repeating: 2, count: 16))
    #expect(many.described.split(separator: "\n").count < 30)
    #expect(Tensor(repeating: 0, shape: [Int](repeating: 1, count: 60)).described.contains("shape"))
  }

  @Test func summaries() {
    let tensor = Tensor(trusted: [2, 2], [0, 1, -1, 4])
    #expect(tensor.summary == "tensor [2, 2]  mean 1  sd 1.87  min -1  max 4  zeros 25.0%")
    #expect(Tensor(vector: [.nan]).summary == "tensor [1]  not finite 1")
    #expect(Tensor(vector: []).summary == "tensor [0]")
  }

  @Test func digits() {
    #expect(SignificantDigits.text(0.001_234_56) == "0.001235")
    #expect(SignificantDigits.text(123_456) == "1.235e+05")
    #expect(SignificantDigits.text(-0.0) == "0")
    #expect(SignificantDigits.text(.infinity) == "inf")
    #expect(SignificantDigits.text(2, digits: 99) == "2")
  }
}
