/// A row that is a list of numbers, such as the rows of another table that belong to a subject.
package struct NumberList: TableRow, Equatable {
  package var numbers: [UInt32] = []

  package init() {}

  package init(from reader: inout ByteReader) {
    for _ in 0..<reader.count() { numbers.append(UInt32(reader.unsigned())) }
  }

  package func write(to writer: inout ByteWriter) {
    writer.count(numbers.count)
    for number in numbers { writer.unsigned(UInt64(number)) }
  }
}
