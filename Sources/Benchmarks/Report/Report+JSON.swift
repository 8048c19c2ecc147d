package import JSON

extension Report {
  /// One JSON object: date, version, machine, parameters, measurements.
  package func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.field("date", date)
      object.field("version", version)
      object.key("machine")
      object.object { for fact in machine.facts { $0.field(fact.name, fact.value) } }
      object.key("parameters")
      object.object { for parameter in parameters { $0.field(parameter.name, parameter.value) } }
      object.key("measurements")
      object.array { array in
        for section in sections {
          for row in section.measurements { row.write(suite: section.suite, to: &array) }
        }
      }
    }
    writer.newline()
  }
}

extension Measurement {
  fileprivate func write(suite: String, to array: inout JSONWriter) {
    array.object { fields in
      fields.field("suite", suite)
      if !system.isEmpty { fields.field("system", system) }
      fields.field("name", name)
      fields.field("unit", unit)
      fields.field("median", median)
      fields.field("lowest", minimum)
      fields.field("highest", maximum)
      fields.key("runs")
      fields.array { for run in runs { $0.double(run) } }
      switch goal {
      case .atLeast(let bound): fields.field("atLeast", bound)
      case .atMost(let bound): fields.field("atMost", bound)
      case nil: break
      }
    }
  }
}
