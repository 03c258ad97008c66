// The ways to run a layer that skips its zeros: a list of inputs by itself or beside fifteen others, and
// windows over planes. For inference only.
internal import Kernels
internal import Tensors

/// y = W x + b of a list of numbers.
struct SparseDenseRun: LayerRun {
  /// Places of sixteen examples side by side are numbers of 31 bits.
  static let widest = 1 << 26

  private let way: Way
  private let units: Int
  private let width: Int
  private let bias: Bool

  private enum Way {
    /// One example after the other.
    case tiles(SparseTiles)
    case blocks(SparseBlocks)
    /// Sixteen examples side by side.
    case terms(SparseTerms)
  }

  init(_ weight: SparseWeight, _ structure: SparseStructure, bias: Bool, _ setting: Setting) {
    units = weight.rows
    width = weight.columns
    self.bias = bias
    let (elements, rows, columns) = (weight.elements, weight.rows, weight.columns)
    guard setting.capacity < Layout.fewestInLanes else {
      way = .terms(
        SparseTerms(
          elements, rows: rows, columns: columns, chained: true, sharesPlaces: structure.isTall
        ) { $1 * Panels.width })
      return
    }
    switch structure {
    case .csr: way = .tiles(SparseTiles(elements, rows: rows, columns: columns))
    case .pattern(let kept, let group):
      way = .tiles(
        SparseTiles(
          elements, rows: rows, columns: columns, count: kept * SparseTiles.columnCount / group))
    case .block(let shape):
      way = .blocks(SparseBlocks(elements, rows: rows, columns: columns, shape: shape))
    }
  }

  func division(_ setting: Setting) -> Division { .batch }

  /// Rows of y that whole groups have.
  private var room: Int {
    guard case .terms(let terms) = way else { return units }
    return terms.groups * terms.tall
  }

  func workspace(_ setting: Setting) -> Workspace {
    guard case .terms = way else { return Workspace() }
    return Workspace(saved: Panels.size(units: setting.capacity, inputs: width + room))
  }

  /// Weights that are worth handing to another worker.
  private static let share = 1 << 16

  func forward(_ call: LayerCall, _ turn: Turn) {
    if case .terms(let terms) = way { return spread(terms, call) }
    for example in call.batch {
      let (x, y) = (call.input(example..<example + 1), call.output(example..<example + 1))
      switch way {
      case .tiles(let tiles):
        let cut = Cut(tiles.panels, into: min(16, tiles.slots * 16 / SparseDenseRun.share))
        call.workers.run(blocks: cut.count) { block, _ in
          tiles.product(of: x, panels: cut[block], to: y)
        }
      case .blocks(let blocks):
        let size = blocks.shape.rows * blocks.shape.columns
        let cut = Cut(blocks.strips, into: min(16, blocks.count * size / SparseDenseRun.share))
        call.workers.run(blocks: cut.count) { block, _ in
          blocks.product(of: x, strips: cut[block], to: y)
        }
      case .terms: break
      }
    }
    Matrix(call.output(call.batch), call.count, units)
      .addBias(columns: bias ? call.parameters[1] : nil, call.activator)
  }

  /// Examples to panels of sixteen, products, and back to rows.
  private func spread(_ terms: SparseTerms, _ call: LayerCall) {
    let count = call.count
    let panels = Panels.count(count)
    let inputs = call.savedOnce.slice(0, Panels.size(units: count, inputs: width))
    let outputs = call.savedOnce.slice(inputs.count, Panels.size(units: count, inputs: room))
    func examples(_ panel: Int) -> Range<Int> {
      panel * Panels.width..<min(count, (panel + 1) * Panels.width)
    }
    let each = Panels.width * width
    let outEach = Panels.width * room
    call.workers.run(blocks: panels) { panel, _ in
      let own = examples(panel)
      Panels(inputs.slice(panel * each, each), units: own.count, inputs: width)
        .load(call.input(own))
    }
    // Two panels stay in the second cache while the weights go by.
    let runs = Cut(panels, into: (panels + 1) / 2)
    let wanted = min(32, terms.count * panels * Panels.width >> 18)
    let parts = Cut(terms.groups, into: (wanted + runs.count - 1) / runs.count)
    call.workers.run(blocks: runs.count * parts.count) { block, _ in
      let run = runs[block % runs.count]
      let groups = parts[block / runs.count]
      let start = run.lowerBound * outEach + groups.lowerBound * terms.tall * Panels.width
      terms.spread(
        inputs.slice(run.lowerBound * each, run.count * each),
        .init(span: run.count * Panels.width, step: each, outStep: outEach, row: Panels.width),
        groups: groups, to: outputs.slice(start, outputs.count - start))
    }
    call.workers.run(blocks: panels) { panel, _ in
      let own = examples(panel)
      let y = call.output(own)
      Panels(outputs.slice(panel * outEach, Panels.width * units), units: own.count, inputs: units)
        .write(to: y)
      Matrix(y, own.count, units).addBias(columns: bias ? call.parameters[1] : nil, call.activator)
    }
  }

  func backward(_ call: LayerCall, _ turn: Turn) {
    preconditionFailure("training runs dense")
  }
}

/// A convolution, or a dense layer at positions, which is a convolution of 1 x 1.
struct SparseWindowRun: LayerRun {
  private let window: SparseWindow
  private let terms: SparseTerms
  private let bias: Bool
  /// The workers share out each image.
  private let sharesImages: Bool

  init(
    _ window: SparseWindow, _ weight: SparseWeight, _ structure: SparseStructure, bias: Bool,
    _ setting: Setting
  ) {
    self.window = window
    self.bias = bias
    terms = window.terms(weight.elements, sharesPlaces: structure.isTall)
    sharesImages = setting.arrangement == .rows && setting.capacity < Layout.fewestInLanes
  }

  func division(_ setting: Setting) -> Division { sharesImages ? .batch : .examples }

  private var planes: Int { window.pads ? window.planesCount : 0 }
  private var band: Int { window.bandCount(filters: terms.groups * terms.tall) }

  func workspace(_ setting: Setting) -> Workspace {
    Workspace(
      saved: sharesImages ? planes : 0, scratch: band + (sharesImages ? 0 : planes))
  }

  func forward(_ call: LayerCall, _ turn: Turn) {
    call.each(turn) { examples in
      let (x, y, scratch) = (
        call.input(examples), call.output(examples), call.scratch(turn.worker)
      )
      let room = sharesImages ? call.savedOnce : scratch.slice(band, planes)
      if window.pads { window.split(x, to: room) }
      let image = window.pads ? room : x
      if sharesImages {
        share(call, image, y)
      } else {
        for band in 0..<window.bands {
          window.forward(
            image, terms, bias: bias ? call.parameters[1] : nil, call.activator, band: band,
            groups: 0..<terms.groups, scratch: scratch, to: y)
        }
      }
    }
  }

  /// Products that are worth handing to another worker.
  private static let work = 1 << 17

  private func share(_ call: LayerCall, _ planes: Floats, _ y: Floats) {
    let wanted = min(16, terms.count * window.outHeight * window.outWidth / SparseWindowRun.work)
    let parts = Cut(terms.groups, into: (wanted + window.bands - 1) / window.bands)
    call.workers.run(blocks: wanted <= 1 ? 1 : window.bands * parts.count) { block, worker in
      let bands = wanted <= 1 ? 0..<window.bands : block / parts.count..<block / parts.count + 1
      let groups = wanted <= 1 ? 0..<terms.groups : parts[block % parts.count]
      for band in bands {
        window.forward(
          planes, terms, bias: bias ? call.parameters[1] : nil, call.activator, band: band,
          groups: groups, scratch: call.scratch(worker), to: y)
      }
    }
  }

  func backward(_ call: LayerCall, _ turn: Turn) {
    preconditionFailure("training runs dense")
  }
}

extension SparseStructure {
  /// Rows of which four can share their places.
  fileprivate var isTall: Bool {
    if case .block(let shape) = self { return shape.rows > 1 }
    return false
  }
}

extension Conv2D {
  func sparseWindow(_ input: [Int], unit: Int) -> SparseWindow? {
    window(input).flatMap {
      SparseWindow(window: $0, groups: groups, filters: filters, unit: unit)
    }
  }
}

extension DenseLayer {
  func positionWindow(_ input: [Int]) -> SparseWindow? {
    let shape = UnitPositions(input)
    return Window(
      channels: shape.units, plane: (1, shape.positions), kernel: (1, 1), stride: (1, 1),
      padding: (0, 0)
    ).flatMap { SparseWindow(window: $0, groups: 1, filters: units, unit: 1) }
  }
}

extension Network {
  /// The loops for a node that skips its zeros so.
  func sparseRun(_ n: Int, _ structure: SparseStructure, _ setting: Setting) -> (any LayerRun)? {
    guard let weight = sparseWeight(n) else { return nil }
    let bias = nodes[n].parameters.count > 1
    if let conv = nodes[n].layer as? Conv2D {
      let unit = setting.arrangement == .lanes ? Lanes.count : 1
      return conv.sparseWindow(setting.inputShapes[0], unit: unit).map {
        SparseWindowRun($0, weight, structure, bias: bias, setting)
      }
    }
    guard let dense = nodes[n].layer as? DenseLayer else { return nil }
    guard dense.positions else {
      return SparseDenseRun(weight, structure, bias: bias, setting)
    }
    return dense.positionWindow(setting.inputShapes[0]).map {
      SparseWindowRun($0, weight, structure, bias: bias, setting)
    }
  }
}
