import CBOR
import Ledger
package import Programs

/// The text of a delivery.
package struct Message: Equatable, Sendable {
  /// Of an e-mail only.
  package var subject: String?
  package var text: String

  /// Creates a message.
  package init(subject: String? = nil, text: String) {
    self.subject = subject
    self.text = text
  }

  /// Fills a program's template with the variables of a delivery.
  /// - Throws: Where sections multiply beyond ``TemplateText``'s limit.
  package init(_ template: Program.Template, for effect: Effect) throws(TemplateTextError) {
    let data = effect.event.payload
    let variables = data.view(forKey: Field.variables) ?? CBORView(storage: [0xa0])
    subject = nil
    if let source = template.subject {
      subject = try TemplateText.render(source, with: variables)
    }
    text = try TemplateText.render(template.text, with: variables)
  }
}
