// Tables as charts: which rows have a point.
import Testing

@Suite struct PlottingTests {
  private static let table =
    "[(b: 1, y: none, z: 20), (b: 2, y: 30, z: none), (b: 3, y: 40, z: 25)]"

  /// A row without a value has no point in a scatter chart, and that is no loss to speak of.
  @Test func rowsWithoutAValueHaveNoPoint() throws {
    let bench = Workbench()
    let both = bench.run("plot \(Self.table), x: \"b\", y: [\"y\", \"z\"], as: .scatter")
    #expect(both.error == nil && !both.text.contains("left out"), "\(both.message)")
    #expect(both.text.count { $0 == "●" } == 3 && both.text.count { $0 == "○" } == 3)
  }

  /// In a line it is a gap, and the note says so.
  @Test func linesSayWhatIsLeftOut() throws {
    let line = Workbench().run("plot \(Self.table), x: \"b\", y: \"y\", as: .line")
    #expect(line.text.contains("left out: 1 not a number"), "\(line.message)")
  }
}
