package import Linux

/// A segment as a scenario sees it: a direction, flags, and numbers relative to both initial sequence numbers.
package struct SegmentView: Hashable, Sendable, CustomStringConvertible {
    /// Whether host A sent it.
    package var fromA: Bool
    /// The control bits.
    package var flags: TCPFlags
    /// Relative to the sender's initial sequence number.
    package var sequence: UInt32
    /// Relative to the receiver's; nil without the ACK flag.
    package var acknowledgement: UInt32?
    /// Bytes of payload.
    package var length: Int
    /// The header field, not scaled.
    package var window: UInt16
    /// The options as they were on the wire, with absolute numbers.
    package var options: [TCPOption]
    /// The blocks of the SACK option, relative like the acknowledgement.
    package var sackBlocks: [SACKBlock]
    /// When the kernel or the wire stamped it.
    package var time: Instant

    /// A view with relative numbers, as `SequenceTracker` makes it.
    package init(
        fromA: Bool, flags: TCPFlags, sequence: UInt32, acknowledgement: UInt32?, length: Int = 0, window: UInt16,
        options: [TCPOption] = [], sackBlocks: [SACKBlock] = [], time: Instant
    ) {
        self.fromA = fromA
        self.flags = flags
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.length = length
        self.window = window
        self.options = options
        self.sackBlocks = sackBlocks
        self.time = time
    }

    /// Its name, if its flags are a usual combination.
    package var kind: SegmentKind? { SegmentKind(flags: flags, length: length) }

    /// Whether it tells the peer of a segment received twice (RFC 2883).
    package var reportsDuplicate: Bool {
        acknowledgement.map { sackBlocks.reportDuplicate(acknowledgement: $0) } ?? false
    }

    /// The options with the blocks of a SACK relative.
    package var relativeOptions: [TCPOption] {
        options.map { option in
            if case .sack = option { .sack(sackBlocks) } else { option }
        }
    }

    /// In the language of `SegmentPattern`, without details: `<SYN/ACK`.
    package var shortDescription: String {
        // Odd combinations have no name in the language; only `ANY` matches them.
        let name = kind?.rawValue ?? "[\(flags)]"
        return fromA ? name + ">" : "<" + name
    }

    /// In the language of `SegmentPattern`: `<SYN/ACK seq=0 ack=1`.
    package var description: String {
        var words = [shortDescription, "seq=\(relativeNumber(sequence))"]
        if let acknowledgement { words.append("ack=\(relativeNumber(acknowledgement))") }
        if length > 0 { words.append("len=\(length)") }
        // A closed window is news, except in a reset, where the field means nothing.
        if window == 0, !flags.contains(.RST) { words.append("win=0") }
        if !sackBlocks.isEmpty { words.append("sack=" + sackBlocks.map(\.description).joined(separator: ",")) }
        if reportsDuplicate { words.append("dsack") }
        return words.joined(separator: " ")
    }

    /// One line for a whole exchange: `SYN> <SYN/ACK ACK>`.
    package static func describe(_ views: [SegmentView]) -> String {
        views.isEmpty ? "nothing" : views.map(\.shortDescription).joined(counting: " ")
    }
}
