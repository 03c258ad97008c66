// Distillation: the student comes to agree with the teacher; bad settings are refused before
// anything runs.
import Compression
import Networks
import Tensors
import Testing

@Suite struct DistillTests {
  @Test func theStudentComesToAgree() throws {
    let teacher = try Specimens.network("mlp", seed: 3)
    let student = try Specimens.network("mlp", seed: 4)
    let data = Specimens.dataset(for: teacher)
    var training = Training()
    training.epochs = 40
    training.rate = 0.01
    let trained = try distill(
      student, from: teacher, on: data, DistillOptions(temperature: 2, mix: 1), training
    ).network
    let wanted = try teacher.evaluate(on: data).predictions
    func agreement(_ network: Network) throws -> Int {
      zip(try network.evaluate(on: data).predictions, wanted).count { $0 == $1 }
    }
    #expect(try agreement(trained) > agreement(student))
    #expect(try agreement(trained) >= data.count * 9 / 10)
  }

  /// Images teach a student that sees them as rows.
  @Test func aTeacherMayHaveAnotherShape() throws {
    let teacher = try Specimens.network("cnn", seed: 3)
    let data = Specimens.dataset(for: teacher)
    let size = teacher.inputShape.reduce(1, *)
    let student = try Network.build(
      name: "flat", input: [size],
      blueprint: [try Specimens.dense(12), .layer(try Activation(.relu)), try Specimens.dense(3)],
      random: RandomStream(seed: 4))
    var training = Training()
    training.epochs = 60
    training.rate = 0.01
    let flat = Fitting.fit(data, to: student)
    #expect(flat.inputs.shape == [data.count, size])
    let trained = try distill(
      student, from: teacher, on: flat, DistillOptions(temperature: 2, mix: 1), training
    ).network
    let wanted = try teacher.evaluate(on: data).predictions
    let found = try trained.evaluate(on: flat).predictions
    #expect(zip(found, wanted).count { $0 == $1 } >= data.count * 9 / 10)
  }

  @Test func prunedWeightsStayPruned() throws {
    let teacher = try Specimens.network("mlp")
    let student = try prune(teacher, PruneOptions(.share(0.5))).network
    var training = Training()
    training.epochs = 2
    let trained = try distill(
      student, from: teacher, on: Specimens.dataset(for: teacher), DistillOptions(), training
    ).network
    #expect(
      trained.parameters.map(\.parameter.pruned) == student.parameters.map(\.parameter.pruned))
    #expect(Footprint(trained).nonZeros == Footprint(student).nonZeros)
  }

  @Test func refusesWhatIsOutOfRange() throws {
    let teacher = try Specimens.network("mlp")
    let data = Specimens.dataset(for: teacher)
    for options in [
      DistillOptions(temperature: 0), DistillOptions(temperature: .nan), DistillOptions(mix: 1.5),
      DistillOptions(mix: -0.1),
    ] {
      #expect(throws: CompressionError.self) {
        try distill(teacher, from: teacher, on: data, options, Training())
      }
    }
    #expect(throws: CompressionError.self) {
      try distill(
        teacher, from: try Specimens.network("cnn"), on: data, DistillOptions(), Training())
    }
  }
}
