import Charts
import Testing
#if canImport(Glibc)
  import Glibc
#endif
@Suite struct Gallery {
  @Test func show() {
    let width = Int(String(cString: getenv("GALLERY_WIDTH"))) ?? 80
    let color = getenv("GALLERY_COLOR") != nil
    let ascii = getenv("GALLERY_ASCII") != nil
    let style = ChartStyle(width: width, color: color, unicode: !ascii)
    for chart in Specimens.all {
      print(chart.render(style).joined(separator: "\n"))
      print("------")
    }
    print(Specimens.table.render(style).joined(separator: "\n"))
  }
}
