// Trains a student on what a teacher answers, and on the labels.
package import Networks

package struct DistillOptions: Sendable {
  /// T: how much both networks' scores are softened; above 0.
  package var temperature: Double
  /// α: the share of the teacher in the loss, 0...1; the labels have the rest.
  package var mix: Double

  package init(temperature: Double = 4, mix: Double = 0.9) {
    self.temperature = temperature
    self.mix = mix
  }
}

/// The student after training on (1 − α) CE(labels) + α T² KL(teacher at T ‖ student at T).
/// Hinton et al. 2015, arXiv:1503.02531.
///
/// A quantized or pruned student works as well. Pruned weights stay pruned. Quantized ones are rounded in
/// every step while the numbers behind them move, on scales that follow these from step to step: the
/// quantized distillation of Polino et al. 2018, arXiv:1802.05668, section 3 (there from the least to the
/// greatest weight of a bucket: the grid affine with groups). Scales that are powers of two stay.
///
/// - Throws: `CompressionError`: `.setting` for a temperature or mix out of range, or a teacher
///   whose inputs or outputs are others; what training throws, as `.network`.
package func distill(
  _ student: Network, from teacher: Network, on data: Dataset, _ options: DistillOptions,
  _ training: Training, monitor: Monitor = .silent
) throws(CompressionError) -> Trained {
  guard options.temperature > 0, options.temperature <= 1000 else {
    throw .setting(
      name: "temperature", wanted: "above 0 and at most 1000", got: "\(options.temperature)")
  }
  guard options.mix >= 0, options.mix <= 1 else {
    throw .setting(name: "mix", wanted: "a fraction from 0 to 1", got: "\(options.mix)")
  }
  guard teacher.inputShape.reduce(1, *) == student.inputShape.reduce(1, *) else {
    throw .setting(
      name: "teacher", wanted: "a network with the student's inputs \(student.inputShape)",
      got: "\(teacher.inputShape)")
  }
  guard teacher.outputShape == student.outputShape else {
    throw .setting(
      name: "teacher", wanted: "a network with the student's outputs \(student.outputShape)",
      got: "\(teacher.outputShape)")
  }
  var training = training
  training.projections = student.projections(scalesFollow: true)
  training.loss = .distillation
  training.teacher = teacher
  training.temperature = options.temperature
  training.mix = options.mix
  do { return try student.trained(on: data, training, monitor: monitor) } catch {
    throw .network(error)
  }
}
