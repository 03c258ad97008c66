// Laws of the layout in blocks of eight, and of pooling there.
import Kernels
import Testing

@Suite struct LanesTests {
  @Test func rowsBecomeLanesAndRowsAgain() {
    var dice = Dice(1)
    for (n, count) in [(1, 1), (8, 8), (7, 9), (9, 17), (20, 5), (16, 100), (3, 0), (0, 3)] {
      let rows = dice.floats(n * count)
      let lanes = Numbers(count: Lanes.blocks(n) * count * Lanes.count)
      let back = Numbers(count: n * count)
      lanes.view.lanes(of: rows.view, examples: n, each: count)
      back.view.rows(of: lanes.view, examples: n, each: count)
      #expect(back.doubles == rows.doubles)
      for example in 0..<Lanes.blocks(n) * Lanes.count {
        for i in 0..<count {
          let place = (example / 8 * count + i) * 8 + example % 8
          let wanted = example < n ? rows.view[example * count + i] : 0
          #expect(lanes.view[place] == wanted)
        }
      }
    }
  }

  /// Pooling in lanes against pooling of single planes.
  @Test func poolingAgreesWithPlanes() throws {
    var dice = Dice(2)
    var tried = 0
    while tried < 60 {
      let isTwo = tried % 3 == 1
      let kernel = isTwo ? (2, 2) : (dice.size(1...4), dice.size(1...4))
      let plane = (dice.size(1...9), dice.size(1...9))
      let window = Window(
        channels: 1, plane: plane, kernel: tried % 5 == 0 ? plane : kernel,
        stride: isTwo ? (2, 2) : (dice.size(1...3), dice.size(1...3)),
        padding: isTwo || tried % 5 == 0 ? (0, 0) : (dice.size(0...1), dice.size(0...1)))
      guard let window else { continue }
      tried += 1
      try expectPooling(window, n: [1, 8, 9][tried % 3], channels: dice.size(1...4), &dice)
    }
  }

  private func expectPooling(
    _ window: Window, n: Int, channels: Int, _ dice: inout Dice
  ) throws {
    let (each, out) = (channels * window.planeCount, channels * window.outCount)
    let x = dice.floats(n * each)
    let dy = dice.floats(n * out)
    let blocks = Lanes.blocks(n)
    let (xs, dys) = (Numbers(count: blocks * each * 8), Numbers(count: blocks * out * 8))
    let (ys, dxs) = (Numbers(count: dys.view.count), Numbers(count: xs.view.count))
    xs.view.lanes(of: x.view, examples: n, each: each)
    dys.view.lanes(of: dy.view, examples: n, each: out)
    let (y, wantedY) = (Numbers(count: n * out), Numbers(count: n * out))
    let (dx, wantedX) = (Numbers(count: n * each), Numbers(count: n * each))
    let places = Numbers(count: Window.places(ys.view.count))

    window.maxPoolLanes(xs.view, to: ys.view, places: places.view)
    window.maxPoolLanesBack(dys.view, places: places.view, to: dxs.view)
    y.view.rows(of: ys.view, examples: n, each: out)
    dx.view.rows(of: dxs.view, examples: n, each: each)
    window.maxPool(x.view, to: wantedY.view, places: places.view)
    window.maxPoolBack(dy.view, places: places.view, to: wantedX.view)
    #expect(y.doubles == wantedY.doubles)
    expectClose(dx, wantedX.doubles, "dx")

    window.averagePoolLanes(xs.view, to: ys.view)
    window.averagePoolLanesBack(dys.view, to: dxs.view)
    y.view.rows(of: ys.view, examples: n, each: out)
    dx.view.rows(of: dxs.view, examples: n, each: each)
    window.averagePool(x.view, to: wantedY.view)
    window.averagePoolBack(dy.view, to: wantedX.view)
    expectClose(y, wantedY.doubles, "y")
    expectClose(dx, wantedX.doubles, "dx")
  }
}
