package import Acts
internal import Packets

// Segments that no kernel makes. Each is delivered to the host it is for; none counts as carried by the wire.
extension Wire {
    private func forged(_ what: String, _ act: (String) -> WireAct, _ file: StaticString, _ line: Int) -> Segment {
        let forged = Segment(name: attempt.name("forged \(what)"))
        perform(act(forged.name), file, line)
        return forged
    }

    /// Delivers to the peer of a socket what the socket might have sent next; gives it, as each of these does.
    ///
    /// - Parameters:
    ///   - sequence: how far beyond its next sequence number it begins.
    ///   - acknowledgement: how far beyond what it has acknowledged it acknowledges.
    ///   - echo: how far off the echoed timestamp is; nil leaves the option out, as a blind forger must.
    @discardableResult
    package func forges(
        _ flags: TCPFlags, from socket: Socket, sequence: Int = 0, acknowledgement: Int = 0, payload: String = "",
        echo: Int? = nil, file: StaticString = #fileID, line: Int = #line
    ) -> Segment {
        let imitation = Imitation(
            socket: socket.name, flags: flags, sequence: sequence, acknowledgement: acknowledgement, payload: payload,
            echo: echo)
        return forged(flags.description, { .imitate(imitation, as: $0) }, file, line)
    }

    /// Delivers a segment between any addresses, with numbers of its own or those of segments that were seen.
    @discardableResult
    package func forges(
        _ flags: TCPFlags, from source: Endpoint, to destination: Endpoint, sequence: SequenceNumber,
        acknowledgement: SequenceNumber? = nil, mss: UInt16? = nil, payload: String = "", file: StaticString = #fileID,
        line: Int = #line
    ) -> Segment {
        let segment = Forged(
            source: source, destination: destination, flags: flags, sequence: sequence,
            acknowledgement: acknowledgement, mss: mss, payload: payload)
        return forged(flags.description, { .forge(segment, as: $0) }, file, line)
    }

    /// Delivers what the sender of a segment might have sent right behind it, or so far beyond.
    @discardableResult
    package func forges(
        _ flags: TCPFlags, behind segment: Segment, plus count: Int = 0, file: StaticString = #fileID,
        line: Int = #line
    ) -> Segment {
        forges(
            flags, from: segment.source, to: segment.destination, sequence: segment.end(plus: count),
            acknowledgement: flags.contains(.ACK) ? segment.acknowledged() : nil, file: file, line: line)
    }

    /// Delivers what the receiver of a segment might have answered.
    @discardableResult
    package func forges(
        _ flags: TCPFlags, answering segment: Segment, file: StaticString = #fileID, line: Int = #line
    ) -> Segment {
        forges(
            flags, from: segment.destination, to: segment.source, sequence: segment.acknowledged(),
            acknowledgement: flags.contains(.ACK) ? segment.end() : nil, file: file, line: line)
    }

    /// Delivers a segment like one that was seen; what is not named is as it was.
    ///
    /// - Parameters:
    ///   - flags: all of its flags.
    ///   - timestamp: its own, where the one that was seen has timestamps.
    @discardableResult
    package func forges(
        like segment: Segment, _ flags: TCPFlags? = nil, sequence: SequenceNumber? = nil,
        timestamp: Timestamp? = nil, payload: String? = nil, file: StaticString = #fileID, line: Int = #line
    ) -> Segment {
        let changes = Changes(flags: flags, sequence: sequence, timestamp: timestamp, payload: payload)
        return forged(segment.name, { .repeats(segment.name, changes, as: $0) }, file, line)
    }

    /// Delivers segments that were seen once more, as they were.
    package func repeats(_ segments: Segment..., file: StaticString = #fileID, line: Int = #line) {
        for segment in segments { forges(like: segment, file: file, line: line) }
    }
}
