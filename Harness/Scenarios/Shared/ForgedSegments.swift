internal import Vocabulary

// Segments that no kernel made, from those that one did.
extension TCPSegment {
    /// The reset that the same end would send right after this segment.
    var resetBehind: TCPSegment {
        TCPSegment(source: source, destination: destination, sequence: endSequence, flags: .RST)
    }

    /// The same with another timestamp; without timestamps, as it is.
    func dated(_ value: UInt32) -> TCPSegment {
        var copy = self
        copy.options = options.map {
            if case .timestamps(_, let echo) = $0 { .timestamps(value: value, echo: echo) } else { $0 }
        }
        return copy
    }
}
