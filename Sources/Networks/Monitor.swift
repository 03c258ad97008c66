// How long work tells where it is, and learns that it should stop.

/// Where a training is: shown on a terminal, never in a notebook.
package struct Progress: Sendable {
  package var epoch: Int
  package var epochs: Int
  /// Examples done and to do in this epoch.
  package var done: Int
  package var total: Int
  package var loss: Double
  /// The share of right answers so far in this epoch, or nil where it means nothing.
  package var accuracy: Double?

  package init(
    epoch: Int, epochs: Int, done: Int, total: Int, loss: Double, accuracy: Double? = nil
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.done = done
    self.total = total
    self.loss = loss
    self.accuracy = accuracy
  }
}

package struct Monitor: Sendable {
  /// Asked at every batch; true stops the work within one batch.
  package let isInterrupted: @Sendable () -> Bool
  package let report: @Sendable (Progress) -> Void

  package init(
    isInterrupted: @escaping @Sendable () -> Bool, report: @escaping @Sendable (Progress) -> Void
  ) {
    self.isInterrupted = isInterrupted
    self.report = report
  }

  package static let silent = Monitor(isInterrupted: { false }, report: { _ in })
}
