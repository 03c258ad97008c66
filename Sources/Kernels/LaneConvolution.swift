// Convolution of blocks of eight images without columns: bias, activation and pooling happen while
// the sums are still in registers. For few images there is `DirectConvolution`.
import CKernels

/// Convolution of blocks of eight images, with what follows it: bias, activation, and maximum
/// pooling of 2 x 2. A block of x is [C][H][W][8], one of y is [O][OH][OW][8]; the lanes of the last
/// block past the batch's end must be finite in x, and zero in the gradient of y.
package struct LaneConvolution: Sendable {
  let raw: ck_convolution
  /// Floats of one block of x and of y, and of the weights and the bias.
  package let inputCount: Int
  package let outputCount: Int
  package let weightCount: Int
  package let filters: Int
  /// Floats of working memory that one thread needs.
  package let scratchCount: Int

  /// - Parameters:
  ///   - window: over one group's channels.
  ///   - filters: those of all groups.
  ///   - pools: a maximum over 2 x 2 with stride 2 and no padding follows the activation.
  /// - Returns: nil where this kernel does not go: `gelu` and `silu` (they do not work in place), pooling
  ///   after `leaky` with a slope below zero (it does not keep the order) or of less than 2 x 2
  ///   outputs, and images whose blocks have 2^30 floats or more.
  package init?(
    window: Window, groups: Int, filters: Int, activator: Activator, pools: Bool
  ) {
    precondition(groups > 0 && filters > 0 && filters % groups == 0, "the filters divide")
    let raw = ck_convolution(
      window: window.raw, groups: Int32(clamping: groups), filters: Int32(clamping: filters),
      function: activator.function.rawValue, slope: activator.slope, pools: pools ? 1 : 0)
    guard activator.function.worksInPlace, LaneConvolution.fits(raw) else { return nil }
    if pools {
      guard window.outHeight > 1, window.outWidth > 1 else { return nil }
      guard activator.function != .leaky || activator.slope >= 0 else { return nil }
    }
    self.raw = raw
    self.filters = filters
    let outputs =
      pools ? (window.outHeight / 2) * (window.outWidth / 2) : window.outCount
    inputCount = groups * window.channels * window.planeCount * Lanes.count
    outputCount = filters * outputs * Lanes.count
    weightCount = filters * window.channels * window.kernelCount
    scratchCount = withUnsafePointer(to: raw) { ck_lane_scratch($0) }
  }

  /// Whether offsets into padded blocks are numbers of 32 bits.
  static func fits(_ c: ck_convolution) -> Bool {
    let w = c.window
    let rows = Double(w.height) + 2 * Double(w.kernel_height) + Double(w.stride_height)
    let columns = Double(w.width) + 2 * Double(w.kernel_width)
    let planes = Double(max(w.channels, c.filters)) * Double(c.groups)
    let taps = Double(w.channels) * Double(w.kernel_height) * Double(w.kernel_width)
    let block = (rows * columns + 128) * planes * Double(Lanes.count)
    let most = Double(1 << 30)
    return block < most && taps * Double(c.filters) < most
  }

  /// Floats that `pack` fills.
  package func packedCount(backward: Bool) -> Int {
    withUnsafePointer(to: raw) { ck_lane_packed($0, backward ? 1 : 0) }
  }

  /// Floats for each block that keep the places of its maxima; zero where it does not pool.
  package var placesCount: Int { raw.pools == 0 ? 0 : outputCount / 4 }

  /// Brings the weights [O, C/groups, kh, kw] into the order in which the kernels read them; where
  /// `backward`, for the gradient of x too.
  package func pack(_ weight: Floats, backward: Bool, to packed: Floats) {
    precondition(weight.count == weightCount, "all weights")
    precondition(packed.count >= packedCount(backward: backward), "room for them")
    withUnsafePointer(to: raw) {
      ck_lane_pack($0, weight.base, backward ? 1 : 0, packed.base)
    }
  }

  /// y = pool(f(w * x + bias)) for `blocks` of eight images. `places` is for training, where it pools.
  package func forward(
    _ x: Floats, blocks: Int, packed: Floats, bias: Floats?, to y: Floats, places: Floats?,
    scratch: Floats
  ) {
    check(x, y, blocks, packed, scratch, backward: false)
    precondition((bias?.count ?? filters) == filters, "a bias for each filter")
    precondition((places?.count ?? .max) >= blocks * placesCount, "a byte for each output")
    withUnsafePointer(to: raw) {
      ck_lane_forward(
        $0, x.base, blocks, packed.base, bias?.base, y.base,
        raw.pools == 0 ? nil : places?.bytes, scratch.base)
    }
  }

  /// Writes the gradients of x, the weights and the bias, each where asked, from that of y. Those of
  /// weights and bias are sums over the blocks, in their order. `packed` was packed for the way back
  /// if `dx` is asked for.
  package func backward(
    _ dy: Floats, x: Floats, y: Floats, blocks: Int, places: Floats?, packed: Floats,
    dx: Floats?, dWeight: Floats?, dBias: Floats?, scratch: Floats
  ) {
    check(x, y, blocks, packed, scratch, backward: dx != nil)
    precondition(dy.count == y.count && (dx?.count ?? x.count) == x.count, "whole blocks")
    precondition((dWeight?.count ?? weightCount) == weightCount, "all weights")
    precondition((dBias?.count ?? filters) == filters, "a bias for each filter")
    precondition(raw.pools == 0 || (places?.count ?? -1) >= blocks * placesCount, "its places")
    withUnsafePointer(to: raw) {
      ck_lane_backward(
        $0, dy.base, x.base, y.base, blocks, raw.pools == 0 ? nil : places?.bytes, packed.base,
        dx?.base, dWeight?.base, dBias?.base, scratch.base)
    }
  }

  private func check(
    _ x: Floats, _ y: Floats, _ blocks: Int, _ packed: Floats, _ scratch: Floats, backward: Bool
  ) {
    precondition(blocks >= 0 && x.count == blocks * inputCount, "whole blocks")
    precondition(y.count == blocks * outputCount, "whole blocks")
    precondition(packed.count >= packedCount(backward: backward), "packed weights")
    precondition(scratch.count >= scratchCount, "room to work in")
  }
}
