// The words of the language, in chapters in reading order. The only room where language and numbers meet.
package import Interpreter

package enum Library {
  package static let registry = Registry([
    Chapter("The session", SessionWords.all),
    Chapter("Lists and strings", ListWords.all),
    Chapter("Numbers and tensors", NumberWords.all + TensorWords.all),
  ])
}
