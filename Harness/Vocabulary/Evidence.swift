package import Acts
internal import Linux
internal import SockDiag
internal import Packets

// What a scenario works out itself.

/// What a witness gave, in the words in which a failure shows it.
package protocol Evidence {
    var evidence: (words: String, witness: Witness) { get }
}

/// Who has seen something.
package enum Witness: String, Sendable {
    case netlink, segments, trace, call, counters, sysctl, getsockopt
    case proc = "/proc"
}

/// Something a scenario takes out of a list, which is evidence as the list is.
package protocol Witnessed {
    static func describe(_ all: [Self]) -> String
    static var witness: Witness { get }
}

extension WireSegment: Witnessed {
    package static func describe(_ all: [WireSegment]) -> String { SegmentView.describe(all.map(\.view)) }
    package static var witness: Witness { .segments }
}

extension DiagRow: Witnessed {
    package static func describe(_ all: [DiagRow]) -> String {
        let words = all.map(\.words).joined(separator: ", ")
        return all.count > 1 ? "\(all.count) rows: \(words)" : all.isEmpty ? "no row" : words
    }
    package static var witness: Witness { .netlink }
}

extension Array: Evidence where Element: Witnessed {
    package var evidence: (words: String, witness: Witness) { (Element.describe(self), Element.witness) }
}

extension Optional: Evidence where Wrapped: Witnessed {
    package var evidence: (words: String, witness: Witness) {
        (Wrapped.describe(map { [$0] } ?? []), Wrapped.witness)
    }
}

/// A value that is no list of segments or rows, with who has seen it.
package struct Observation<Value>: Evidence {
    package let value: Value
    let witness: Witness

    package var evidence: (words: String, witness: Witness) {
        // A sysctl or a row that may be missing is shown by itself, not as an optional.
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .optional else { return ("\(value)", witness) }
        return (mirror.children.first.map { "\($0.value)" } ?? "none", witness)
    }
}

/// Something holds of segments or rows.
package func expect<Seen: Evidence>(
    _ words: String, of seen: Seen, file: StaticString = #fileID, line: Int = #line, _ holds: (Seen) throws -> Bool
) rethrows {
    let passed = try holds(seen)
    judge(words, passed, seen, file, line)
}

/// Something holds of a value that a witness gave.
package func expect<Value>(
    _ words: String, of value: Value, by witness: Witness, file: StaticString = #fileID, line: Int = #line,
    _ holds: (Value) throws -> Bool
) rethrows {
    judge(words, try holds(value), Observation(value: value, witness: witness), file, line)
}

/// A value that a witness gave is this one.
package func expect<Value: Equatable>(
    _ words: String, of value: Value, by witness: Witness, is expected: Value, file: StaticString = #fileID,
    line: Int = #line
) {
    judge(words, value == expected, Observation(value: value, witness: witness), file, line)
}

private func judge(
    _ words: String, _ passed: Bool, _ seen: some Evidence, _ file: StaticString, _ line: Int
) {
    let (seen, witness) = seen.evidence
    // Nothing is expected any more where the attempt has stopped.
    try? attempt.ask {
        $0.expect(words, passed, seen: seen, by: witness.rawValue, at: SourceLocation(file, line))
    }
}

/// A duration that a call or a look has told is within bounds.
package func lasts(
    _ words: String, _ duration: Duration, _ bounds: ClosedRange<Duration>, by witness: Witness = .segments,
    file: StaticString = #fileID, line: Int = #line
) {
    try? attempt.ask {
        $0.expect(
            words, lasted: duration, within: bounds, by: witness.rawValue, at: SourceLocation(file, line))
    }
}

/// Waits until something holds of what is looked at again and again, and gives that; ends the scenario otherwise.
///
/// - Parameter timer: how long the kernel timer takes that brings it about.
@discardableResult
package func waitUntil<Seen: Evidence>(
    _ words: String, after timer: Duration = .zero, of look: () throws -> Seen, file: StaticString = #fileID,
    line: Int = #line, _ holds: (Seen) throws -> Bool
) throws -> Seen {
    try attempt.ask { lab in
        var last: Seen?
        try lab.require(
            words, after: timer, at: SourceLocation(file, line), seen: { last?.evidence.words ?? "nothing" }
        ) {
            let seen = try look()
            last = seen
            return try holds(seen)
        }
        guard let last else { throw ScenarioStop.harness("nobody has looked whether \(words)") }
        return last
    }
}

/// Whether something comes about within a time, for what kernels do differently.
///
/// - Parameter time: as long as anything else is waited for, where nothing is said.
package func happens(within time: Duration? = nil, _ condition: () throws -> Bool) throws -> Bool {
    try attempt.ask { try $0.comesAbout(within: time, condition) }
}

/// What a value is, and who has seen it, for `waitUntil`.
package func observed<Value>(_ value: Value, by witness: Witness) -> Observation<Value> {
    Observation(value: value, witness: witness)
}

extension Endpoint {
    /// The address and port that it stands for, to compare with those of rows and segments.
    package var socketAddress: SocketAddress { get throws { try attempt.ask { try $0.address(self) } } }
}
