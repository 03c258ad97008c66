// The words of the language, in chapters in reading order. The only room where language and numbers meet.
package import Interpreter

package enum Library {
  package static let registry = Registry([
    Chapter("The session", SessionWords.all),
    Chapter("Data, networks and files", FileWords.all),
    Chapter("Building networks", LayerWords.all + SequenceWords.all + JoiningWords.all),
    Chapter("Training and asking", TrainingWords.all + RewindingWords.all + AnswerWords.all),
    Chapter("Compressing", CompressionWords.all + MergingWords.all + SensitivityWords.all),
    Chapter("Measuring", MeasureWords.all + SparseWords.all + ExplainingWords.all),
    Chapter("Hardware", HardwareWords.all),
    Chapter("Drawing", ChartWords.all),
    Chapter("Numbers and tensors", NumberWords.all + TensorWords.all),
    Chapter("Lists and strings", ListWords.all),
  ])
}
