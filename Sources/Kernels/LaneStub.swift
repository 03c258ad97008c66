// Temporary stand-ins.
import CKernels
extension Floats {
  package func lanes(of rows: Floats, examples n: Int, each count: Int) {
    for b in 0..<(n + 7) / 8 { for i in 0..<count { for l in 0..<8 {
      let e = b * 8 + l
      self[(b * count + i) * 8 + l] = e < n ? rows[e * count + i] : 0
    } } }
  }
  package func rows(of lanes: Floats, examples n: Int, each count: Int) {
    for e in 0..<n { for i in 0..<count { self[e * count + i] = lanes[(e / 8 * count + i) * 8 + e % 8] } }
  }
}
package struct LaneConvolution: Sendable {
  let c: Convolution; let a: Activator; let pools: Bool; let w: Window; let pw: Window?
  package init?(window: Window, groups: Int, filters: Int, activator: Activator, pools: Bool) {
    c = Convolution(window: window, groups: groups, filters: filters); a = activator; self.pools = pools; w = window
    pw = pools ? Window(channels: filters, plane: (window.outHeight, window.outWidth), kernel: (2, 2), stride: (2, 2), padding: (0, 0)) : nil
  }
  package func packedCount(backward: Bool) -> Int { c.filters * w.channels * w.kernelCount }
  package func pack(_ weight: Floats, backward: Bool, to packed: Floats) { packed.copy(from: weight) }
  package var scratchCount: Int { 0 }
  package var placesCount: Int { pools ? 2 * c.filters * (w.outHeight / 2) * (w.outWidth / 2) : 0 }
  var inEach: Int { c.groups * w.channels * w.planeCount }
  var midEach: Int { c.filters * w.outCount }
  var outEach: Int { pools ? c.filters * (w.outHeight / 2) * (w.outWidth / 2) : midEach }
  package func forward(_ x: Floats, blocks: Int, packed: Floats, bias: Floats?, to y: Floats, places: Floats?, scratch: Floats) {
    let n = blocks * 8
    let r = Memory(n * inEach), m = Memory(n * midEach), s = Memory(c.scratchCount)
    r.floats.rows(of: x, examples: n, each: inEach)
    c.forward(r.floats, weight: packed, bias: bias, a, to: m.floats, scratch: s.floats)
    defer { withExtendedLifetime((r, m, s)) {} }
    guard let pw else { return y.lanes(of: m.floats, examples: n, each: midEach) }
    let o = Memory(n * outEach)
    let spare = Memory(n * outEach)
    pw.maxPool(m.floats, to: o.floats, places: places ?? spare.floats)
    withExtendedLifetime((r, m, s, o, spare)) {}
    y.lanes(of: o.floats, examples: n, each: outEach)
    withExtendedLifetime((r, m, s, o)) {}
  }
  package func backward(_ dy: Floats, x: Floats, y: Floats, blocks: Int, places: Floats?, packed: Floats, dx: Floats?, dWeight: Floats?, dBias: Floats?, scratch: Floats) {
    let n = blocks * 8
    let r = Memory(n * inEach), m = Memory(n * midEach), s = Memory(c.scratchCount), d = Memory(n * outEach), dm = Memory(n * midEach), dr = Memory(n * inEach)
    r.floats.rows(of: x, examples: n, each: inEach)
    c.forward(r.floats, weight: packed, bias: nil, .identity, to: m.floats, scratch: s.floats)
    d.floats.rows(of: dy, examples: n, each: outEach)
    if let pw, let places {
      let yr = Memory(n * outEach)
      defer { withExtendedLifetime(yr) {} }
      yr.floats.rows(of: y, examples: n, each: outEach)
      a.backward(d.floats, x: yr.floats, y: yr.floats, to: d.floats)
      pw.maxPoolBack(d.floats, places: places, to: dm.floats)
      c.backward(dm.floats, x: r.floats, y: m.floats, weight: packed, .identity, dx: dr.floats, dWeight: dWeight, dBias: dBias, scratch: s.floats)
    } else {
      m.floats.rows(of: y, examples: n, each: midEach)
      c.backward(d.floats, x: r.floats, y: m.floats, weight: packed, a, dx: dr.floats, dWeight: dWeight, dBias: dBias, scratch: s.floats)
    }
    dx?.lanes(of: dr.floats, examples: n, each: inEach)
    withExtendedLifetime((r, m, s, d, dm, dr)) {}
  }
}
package struct DirectConvolution: Sendable {
  package init?(window: Window, groups: Int, filters: Int, activator: Activator) { return nil }
  package var scratchCount: Int { 0 }
  package var packedCount: Int { 0 }
  package var outHeight: Int { 1 }
  package var blocks: Int { 1 }
  package func pack(_ weight: Floats, to packed: Floats) {}
  package func padded(_ x: Floats, scratch: Floats) -> Floats { x }
  package func forward(_ x: Floats, packed: Floats, bias: Floats?, to y: Floats, rows: Range<Int>) {}
}
extension Window {
  package func maxPool(_ x: Floats, to y: Floats, places: Floats?, inLanes: Bool) {
    let spare = Memory(y.count)
    defer { withExtendedLifetime(spare) {} }
    guard inLanes else { return maxPool(x, to: y, places: places ?? spare.floats) }
    let k = x.count / planeCount / 8 * planeCount
    let r = Memory(x.count), o = Memory(y.count)
    r.floats.rows(of: x, examples: 8, each: k)
    maxPool(r.floats, to: o.floats, places: places ?? spare.floats)
    defer { withExtendedLifetime((r, o)) {} }
    y.lanes(of: o.floats, examples: 8, each: y.count / 8)
  }
  package func maxPoolBack(_ dy: Floats, places: Floats, to dx: Floats, inLanes: Bool) {
    guard inLanes else { return maxPoolBack(dy, places: places, to: dx) }
    let r = Memory(dx.count), o = Memory(dy.count)
    defer { withExtendedLifetime((r, o)) {} }
    o.floats.rows(of: dy, examples: 8, each: dy.count / 8)
    maxPoolBack(o.floats, places: places, to: r.floats)
    dx.lanes(of: r.floats, examples: 8, each: dx.count / 8)
  }
  package func averagePool(_ x: Floats, to y: Floats, inLanes: Bool) {
    guard inLanes else { return averagePool(x, to: y) }
    let k = x.count / planeCount * planeCount, ch = channels * planeCount
    let r = Memory(k), o = Memory(y.count)
    defer { withExtendedLifetime((r, o)) {} }
    r.floats.rows(of: x, examples: x.count / ch, each: ch)
    averagePool(r.floats, to: o.floats)
    y.lanes(of: o.floats, examples: x.count / ch, each: y.count / (x.count / ch))
  }
  package func averagePoolBack(_ dy: Floats, to dx: Floats, inLanes: Bool) {
    guard inLanes else { return averagePoolBack(dy, to: dx) }
    let ch = channels * planeCount, n = dx.count / ch
    let r = Memory(dx.count), o = Memory(dy.count)
    defer { withExtendedLifetime((r, o)) {} }
    o.floats.rows(of: dy, examples: n, each: dy.count / n)
    averagePoolBack(o.floats, to: r.floats)
    dx.lanes(of: r.floats, examples: n, each: ch)
  }
}
package struct Planes {
  let wide: Floats, means: Floats, p: Int, l: Int
  package init(_ wide: Floats, means: Floats, positions: Int, inLanes: Bool) {
    self.wide = wide; self.means = means; p = positions; l = inLanes ? 8 : 1
  }
  package func average() {
    for i in 0..<means.count { var s: Float = 0
      for j in 0..<p { s += wide[(i / l * p + j) * l + i % l] }
      means[i] = s / Float(p) }
  }
  package func spread() {
    for i in 0..<means.count { for j in 0..<p { wide[(i / l * p + j) * l + i % l] = means[i] / Float(p) } }
  }
}
