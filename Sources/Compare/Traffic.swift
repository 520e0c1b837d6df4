internal import Record

/// What each end sent on each connection, in its own order.
///
/// The ends are kept apart: which of two crossing segments came first is no behaviour of either.
struct Traffic {
    /// Which end of which connection, the connections numbered as they were begun.
    struct Sender: Hashable, Comparable {
        var connection: Int
        var host: String

        static func < (left: Sender, right: Sender) -> Bool {
            (left.connection, left.host) < (right.connection, right.host)
        }

        /// The other end.
        var peer: Sender { Sender(connection: connection, host: host == "A" ? "B" : "A") }
    }

    struct Segment: Equatable {
        var flags: String
        var sequence: UInt32
        var acknowledgement: UInt32?
        var length: Int
        /// Those that are compared, in words.
        var options: [String]
        /// Whether it holds nothing that its sender had not sent before: a retransmission or a probe.
        var isAgain: Bool
        /// Which bytes it brings that its sender had not sent before; nil where it does more than that.
        var news: Range<UInt32>?
        /// Whether it stands for a row of segments that a stream was cut into.
        var isStream = false

        var isPureAck: Bool { flags == "." && length == 0 }
    }

    /// What of the traffic two runs need not agree on.
    struct Leeway {
        /// How often something is sent again, and so which ACKs answer that.
        var repetitions = false
        /// How many bytes a stream has.
        var volume = false
        /// Everything but how connections begin and are reset.
        var loss = false
    }

    private var sent: [Sender: [Segment]] = [:]
    private(set) var connections = 0
    /// How much was sent again in all.
    private(set) var repetitions = 0
    /// Whether any end sent a stream, which is cut in one way or another.
    private(set) var hasStreams = false

    var senders: Set<Sender> { Set(sent.keys) }

    init(_ facts: [Event]) {
        var numbers: [Set<UInt16>: Int] = [:]
        /// The highest relative number that each end has sent.
        var ends: [Sender: UInt32] = [:]
        // Held segments come twice, the second time when they are let go; injected ones are not the kernel's.
        let segments = facts.compactMap { event -> SegmentFact? in
            guard case .segment(let fact) = event, fact.fate != .released, fact.fate != .injected else { return nil }
            return fact
        }
        for fact in segments.enumerated().sorted(by: { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) })
            .map(\.element)
        {
            let ports: Set = [fact.sourcePort, fact.destinationPort]
            let number = numbers[ports, default: numbers.count + 1]
            numbers[ports] = number
            let sender = Sender(connection: number, host: fact.from)
            let before = ends[sender]
            let end = fact.sequence &+ fact.span
            if fact.span > 0 { ends[sender] = max(end, before ?? 0) }
            let isData = fact.length > 0 && ["P.", "."].contains(fact.flags) && fact.sequence < end
            // A probe of a window or of a peer lies below what has been sent.
            let isProbe = fact.span == 0 && fact.flags == "." && before.map { fact.sequence < $0 } ?? false
            sent[sender, default: []].append(
                Segment(
                    flags: fact.flags, sequence: fact.sequence, acknowledgement: fact.acknowledgement,
                    length: fact.length, options: fact.comparedOptions,
                    isAgain: isProbe || (fact.span > 0 && before.map { end <= $0 } ?? false),
                    news: isData && fact.sequence == before ?? fact.sequence ? fact.sequence..<end : nil))
        }
        connections = numbers.count
        repetitions = sent.values.joined().count(where: \.isAgain)
        hasStreams = sent.keys.contains { !streams(of: $0, Leeway(repetitions: true, volume: true)).isEmpty }
    }

    /// How many bytes a segment brings that belongs to a stream: no message of a scenario is as long.
    static let bulk = 1000

    /// Whether an end sent something again.
    func repeats(_ sender: Sender) -> Bool { sent[sender]?.contains(where: \.isAgain) ?? false }

    /// What an end sent, as it is compared.
    ///
    /// - Parameter peerRepeats: whether the other end sent something again in either of two runs that are compared.
    func items(of sender: Sender, _ leeway: Leeway, peerRepeats: Bool) -> [Sequence.Item] {
        var segments = sent[sender] ?? []
        if leeway.loss {
            return Set(segments.filter(\.isOpeningOrReset).map { item($0, []) }).sorted { $0.words < $1.words }
        }
        if leeway.volume { segments = segments.flatMap(\.withoutFINOnData) }
        if leeway.repetitions {
            segments.removeAll { $0.isAgain }
            if peerRepeats { segments = Traffic.answeredOnce(segments) }
        }
        segments = Traffic.gathered(segments)
        // Where a stream is cut follows from when room and acknowledgements came; so does what acknowledges its inside.
        let rows = streams(of: sender.peer, leeway)
        segments.removeAll { segment in
            guard segment.isPureAck, let number = segment.acknowledgement else { return false }
            return rows.contains { $0.lowerBound < number && number < $0.upperBound }
        }
        let known = leeway.volume ? [sender: streams(of: sender, leeway), sender.peer: rows] : [:]
        var result = segments.map { segment in
            item(segment, known[sender] ?? [], known[sender.peer] ?? [], hidesLength: leeway.volume)
        }
        if leeway.volume, leeway.repetitions || !rows.isEmpty { result = Sequence.collapsed(result) }
        return result
    }

    /// The streams that an end sent, each as a row of bytes.
    private func streams(of sender: Sender, _ leeway: Leeway) -> [Range<UInt32>] {
        var segments = (sent[sender] ?? []).flatMap(\.withoutFINOnData)
        if leeway.repetitions || leeway.volume { segments.removeAll { $0.isAgain } }
        return Traffic.gathered(segments).filter(\.isStream).compactMap(\.news)
    }

    /// Makes one of each row of segments that a stream was cut into.
    private static func gathered(_ segments: [Segment]) -> [Segment] {
        segments.reduce(into: []) { result, segment in
            guard let last = result.last, let row = last.news, let news = segment.news,
                row.upperBound == news.lowerBound, max(row.count, news.count) >= bulk
            else { return result.append(segment) }
            let whole = row.lowerBound..<news.upperBound
            result[result.count - 1].news = whole
            result[result.count - 1].length = whole.count
            result[result.count - 1].isStream = true
        }
    }

    /// Without the ACKs that were sent again because what they acknowledge was.
    private static func answeredOnce(_ segments: [Segment]) -> [Segment] {
        var seen: [Segment] = []
        return segments.filter { segment in
            guard segment.isPureAck else { return true }
            // What came twice is reported, if it came.
            if segment.options.contains("sack") || seen.contains(segment) { return false }
            seen.append(segment)
            return true
        }
    }

    private func item(
        _ segment: Segment, _ own: [Range<UInt32>], _ peers: [Range<UInt32>] = [], hidesLength: Bool = false
    ) -> Sequence.Item {
        let hides = hidesLength && segment.length >= Traffic.bulk
        var numbers = "seq \(number(segment.sequence, own))"
        if segment.isStream {
            if !hides { numbers += " length \(segment.length)" }
            return .segment(flags: "bulk", numbers: numbers, options: [])
        }
        if let acknowledgement = segment.acknowledgement { numbers += " ack \(number(acknowledgement, peers))" }
        if segment.length > 0 { numbers += hides ? " length of the stream" : " length \(segment.length)" }
        return .segment(flags: segment.flags, numbers: numbers, options: segment.options)
    }

    /// A relative number, by the stream that it lies in or behind where it is not known how long that is.
    ///
    /// Numbers below the first of a connection are those of another one, whose distance is the clock's choice.
    private func number(_ number: UInt32, _ streams: [Range<UInt32>]) -> String {
        guard number < 1 << 31 else { return "of another connection" }
        guard let stream = streams.last(where: { $0.lowerBound < number }) else { return String(number) }
        if number < stream.upperBound { return "in the stream" }
        let beyond = number - stream.upperBound
        return "end of the stream" + (beyond == 0 ? "" : " + \(beyond)")
    }
}

extension Traffic.Segment {
    fileprivate var isOpeningOrReset: Bool { flags.contains("S") || flags.contains("R") }

    /// A FIN that goes with the last bytes of a stream, and these, apart.
    fileprivate var withoutFINOnData: [Traffic.Segment] {
        let end = sequence &+ UInt32(clamping: length)
        // Numbers of another connection may be just below 0, and nobody can rely on a record's length.
        guard flags.contains("F"), length > 0, sequence < end else { return [self] }
        var (data, fin) = (self, self)
        data.flags = "P."
        if !isAgain { data.news = sequence..<end }
        fin.flags = "F."
        fin.sequence = end
        fin.length = 0
        return [data, fin]
    }
}

extension SegmentFact {
    /// How many sequence numbers it takes.
    fileprivate var span: UInt32 {
        UInt32(clamping: length) &+ (flags.contains("S") ? 1 : 0) &+ (flags.contains("F") ? 1 : 0)
    }

    /// Windows and the scale they come with are the memory's, time stamps the clock's, and the blocks of a SACK follow
    /// from what was lost.
    fileprivate var comparedOptions: [String] {
        options.compactMap { option in
            let name = option.prefix { $0 != " " }
            if ["ts", "wscale", "nop", "eol"].contains(name) { return nil }
            return name == "sack" ? "sack" : option
        }
    }
}
