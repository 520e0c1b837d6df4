/// Whether two runs must agree on something, and how closely.
package enum ComparisonPolicy: Equatable, Sendable {
    case exact
    /// So far apart they still agree, in the unit of what is compared.
    case within(Double)
    /// They need not agree, and why.
    case never(String)

    /// - Parameter tolerance: 0 for what must be exactly the same.
    package init(tolerance: Double) { self = tolerance == 0 ? .exact : .within(tolerance) }

    /// How far apart two runs may be; nil where that is not looked at.
    package var tolerance: Double? {
        switch self {
        case .exact: 0
        case .within(let tolerance): tolerance
        case .never: nil
        }
    }
}

/// `"exact"`, `{"within": 0.25}` or `{"never": "why"}`.
extension ComparisonPolicy: Codable {
    private enum CodingKeys: CodingKey { case within, never }
    private static let exactWord = "exact"

    package init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            guard word == Self.exactWord else { throw RecordError("a comparison '\(word)'") }
            self = .exact
            return
        }
        let box = try decoder.container(keyedBy: CodingKeys.self)
        if let reason = try box.decodeIfPresent(String.self, forKey: .never) {
            self = .never(reason)
            return
        }
        self = .within(try box.decode(Double.self, forKey: .within))
    }

    package func encode(to encoder: any Encoder) throws {
        if self == .exact {
            var box = encoder.singleValueContainer()
            return try box.encode(Self.exactWord)
        }
        var box = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .exact: break
        case .within(let tolerance): try box.encode(tolerance, forKey: .within)
        case .never(let reason): try box.encode(reason, forKey: .never)
        }
    }
}

extension Measurement {
    /// Whether two runs agree on it; what one of them allows, both are allowed.
    package func agrees(with other: Measurement) -> Bool {
        guard let mine = comparison.tolerance, let its = other.comparison.tolerance else { return true }
        return unit == other.unit && (value - other.value).magnitude <= max(mine, its)
    }
}
