/// A step of the scenario, in the words that `show` and the documents have for it.
package struct StepFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    /// Nanoseconds since the attempt began.
    package var at: Int64
    /// Counts from 1.
    package var number: Int
    package var words: String

    package init(attempt: Attempt, at: Int64, number: Int, words: String) {
        self.attempt = attempt
        self.at = at
        self.number = number
        self.words = words
    }
}

/// One act of the scenario, as it can be performed again.
package struct ActFact: Codable, Equatable, Sendable {
    package var attempt: Attempt
    /// When it began, in nanoseconds since the attempt did.
    package var at: Int64
    /// Where it is written, `Closing.swift:31`.
    package var location: String
    /// The act itself: `{"socket": {"of": "client", "act": {"shows": ...}}}`.
    package var act: JSON

    package init(attempt: Attempt, at: Int64, location: String, act: JSON) {
        self.attempt = attempt
        self.at = at
        self.location = location
        self.act = act
    }
}

/// A value of JSON, for what only other parts of the project can interpret.
package enum JSON: Codable, Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])
    /// A value that is not JSON yet; it becomes that when it is written.
    case value(any Encodable & Sendable)

    package init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if box.decodeNil() {
            self = .null
        } else if let value = try? box.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? box.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? box.decode(Double.self) {
            self = .number(value)
        } else if let value = try? box.decode(String.self) {
            self = .string(value)
        } else if let value = try? box.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try box.decode([String: JSON].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        switch self {
        case .null: try box.encodeNil()
        case .bool(let value): try box.encode(value)
        case .integer(let value): try box.encode(value)
        case .number(let value): try box.encode(value)
        case .string(let value): try box.encode(value)
        case .array(let value): try box.encode(value)
        case .object(let value): try box.encode(value)
        case .value(let value): try value.encode(to: encoder)
        }
    }

    package static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.integer(let one), .integer(let other)): one == other
        case (.number(let one), .number(let other)): one == other
        case (.string(let one), .string(let other)): one == other
        case (.array(let one), .array(let other)): one == other
        case (.object(let one), .object(let other)): one == other
        // What is not JSON yet has no form to compare.
        default: false
        }
    }
}
