import Explaining
import Glibc

extension TextPage {
  /// A page for standard output: 100 columns, in colour where that is a terminal and NO_COLOR is
  /// not set.
  static func terminal() -> TextPage {
    let isPlain = unsafe getenv("NO_COLOR") != nil
    return TextPage(width: 100, isColoured: isatty(STDOUT_FILENO) == 1 && !isPlain)
  }
}
