package import Record

/// One attempt as a ladder diagram: what both ends did and what went between them, a row each, in order of time.
///
/// The rows carry the times; everything else refers to rows, so that whoever draws decides how much room time takes.
package struct Ladder: Sendable, Equatable {
    /// What a row tells.
    package enum Kind: Int, Sendable {
        case call, result, state, segment, arrival, trace, look, note, exit, check
    }

    package struct Row: Sendable, Equatable {
        package var at: Int64
        /// `A` or `B`; nil for what is nobody's own.
        package var host: String?
        package var kind: Kind
        package var text: String
        /// Whether it is of no interest unless one looks for it: a socket made, a name asked.
        package var isMinor = false
        /// Whether a call failed, an expectation was not met or a process died.
        package var isBad = false
        /// How often it came in a row.
        package var count = 1
    }

    /// A segment between the hosts.
    package struct Arrow: Sendable, Equatable {
        /// The host it comes from, or pretends to.
        package var from: String
        /// `FIN ACK seq=1 ack=1`.
        package var label: String
        /// What was seen of it first.
        package var segment: SegmentFact
        /// The places, among the attempt's facts, of all that tell of it.
        package var facts: [Int]
        /// The row in which it left its host, or was forged.
        package var sent: Int
        /// The row in which it arrived; nil when it never did.
        package var arrived: Int?
        package var fate: Fate
        package var copies: Int
    }

    /// A socket's states, one after the other.
    package struct Bar: Sendable, Equatable {
        package var host: String
        package var name: String
        package var spans: [Span]
    }

    package struct Span: Sendable, Equatable {
        package var state: String
        package var begin: Int
        package var end: Int
        /// Whether only netlink showed it, now and then: minisocks, and everything where there is no tracepoint.
        package var isSampled: Bool
    }

    /// A kernel timer that netlink showed.
    package struct Timer: Sendable, Equatable {
        package var host: String
        package var socket: String
        package var kind: String
        /// The row in which it was seen.
        package var row: Int
        /// When it was to fire.
        package var due: Int64
    }

    package var rows: [Row]
    package var arrows: [Arrow]
    package var bars: [Bar]
    package var timers: [Timer]

    /// More than this many rows no diagram can show; the rest is in the record.
    package static let longest = 1500
}

extension Ladder {
    /// Draws up what the facts and the failed expectations of an attempt say.
    package init(facts: [Event], failedChecks: [Check]) {
        var builder = LadderBuilder(facts)
        for fact in facts { builder.add(fact) }
        for check in failedChecks { builder.add(check) }
        self = builder.ladder()
    }

    package init(_ outcome: Outcome) { self.init(facts: outcome.facts, failedChecks: outcome.failedChecks) }
}

extension SegmentFact {
    /// The flags by name: `FIN ACK`.
    var flagWords: String {
        let names: [Character: String] = [
            "S": "SYN", "F": "FIN", "R": "RST", "P": "PSH", ".": "ACK", "U": "URG", "E": "ECE", "W": "CWR",
        ]
        let known = flags.compactMap { names[$0] }
        return known.isEmpty ? "no flags" : known.joined(separator: " ")
    }

    /// `FIN ACK seq=1 ack=1`: what the diagram says of it.
    var label: String {
        var text = "\(flagWords) seq=\(signed(sequence))"
        if let acknowledgement { text += " ack=\(signed(acknowledgement))" }
        if length > 0 { text += " len=\(length)" }
        if window == 0, !flags.contains("R") { text += " win=0" }
        for option in options where option.hasPrefix("sack ") { text += " \(option)" }
        return text
    }

    /// What lies before the origin is negative.
    private func signed(_ number: UInt32) -> Int32 { Int32(bitPattern: number) }
}
