// Tables: they keep to the page, show head and tail, and stand at the decimal point.
import Charts
import Testing

@Suite struct Tables {
  @Test(arguments: [1, 8, 20, 30, 40, 80, 250])
  func keepToThePage(_ width: Int) {
    let long = Table(
      title: "A title that is rather long for a page",
      columns: [Table.Column("n"), Table.Column("text\u{1B}[1m", unit: "単位"), Table.Column("")],
      rows: (0..<500).map { ["\($0)", String(repeating: "é量 ", count: $0 % 30), "\n"] })
    let ragged = Table(
      columns: [Table.Column("a"), Table.Column("b")], rows: [[], ["1"], ["1", "2", "3"]])
    for table in [
      Specimens.table, long, ragged, Table(columns: [], rows: []),
      Table(columns: [.init("x")], rows: []),
    ] {
      for style in [false, true].flatMap({ color in
        [false, true].map { ChartStyle(width: width, color: color, unicode: $0) }
      }) {
        let lines = table.render(style)
        ChartLaws.check(lines, style, "table")
        #expect(lines == table.render(style))
        #expect(
          table.render(ChartStyle(width: width, color: true, unicode: style.unicode))
            .map(ChartLaws.stripped)
            == table.render(ChartStyle(width: width, unicode: style.unicode)))
      }
    }
  }

  @Test func numbersStandAtTheirPoint() {
    let table = Table(
      columns: [Table.Column("name"), Table.Column("x")],
      rows: [["a", "1.25"], ["b", "10"], ["c", "-100.5 ms"], ["d", ""], ["e", "nan"]])
    #expect(
      table.render(.notebook)
        == [
          "name          x", "───────────────", "a        1.25", "b       10", "c     -100.5 ms",
          "d",
          "e      nan",
        ].map { $0 })
  }

  @Test func longTablesShowHeadAndTail() {
    let table = Table(columns: [Table.Column("n")], rows: (1...1000).map { ["\($0)"] })
    let lines = table.render(.notebook, rowLimit: 6)
    #expect(
      lines.dropFirst(2) == [
        "   1", "   2", "   3", "… 994 rows more", " 998", " 999", "1000",
      ])
    #expect(table.render(.notebook, rowLimit: 999).contains("… 1 row more"))
  }

  @Test func wideTablesRepeatTheFirstColumn() {
    let lines = Specimens.table.render(ChartStyle(width: 40))
    #expect(lines.filter { $0.hasPrefix("network") }.count == 3)
    #expect(lines.filter { $0.hasPrefix("量子化 int8") }.count == 3)
  }

  @Test func intervalsAreReadableInASCII() {
    let table = Table(columns: [Table.Column("accuracy")], rows: [["98.1% ± 0.3"]])
    #expect(
      table.render(ChartStyle(unicode: false)) == ["    accuracy", "------------", "98.1% +- 0.3"])
  }
}
