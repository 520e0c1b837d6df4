/// A whole run as its record tells it, put in order for reports.
package struct RunRecord: Sendable, Equatable {
    package var header: RunHeader
    /// In the order they were planned.
    package var plan: [ScenarioDescription]
    /// In the plan's order, then by number; of an attempt that was tried again the last try, which counts.
    package var attempts: [AttemptRecord]
    /// Nil when the record was cut off.
    package var end: RunEnd?
    /// What is missing at the end, in words; nil for a whole record.
    package var truncation: String?

    /// One attempt with everything seen in it.
    package struct AttemptRecord: Sendable, Equatable {
        package var attempt: Attempt
        package var scenario: ScenarioDescription
        /// Nanoseconds from the begin of the run to that of the attempt.
        package var start: Int64
        /// Facts in the order of the record.
        package var facts: [Event]
        package var checks: [Check]
        package var measurements: [Measurement]
        /// Nil when the run was cut off during the attempt.
        package var finished: Finished?
        /// The tries before it, for which the machine was too slow, in their order.
        package var earlier: [AttemptRecord] = []
        /// Whether all that reports do not tell was left out: facts, and expectations that were met.
        package var isBrief = false
    }
}

/// The events of a record in the order they were written.
package struct RecordContents: Sendable, Equatable {
    package var events: [Event]
    /// What is missing at the end, in words; nil for a whole record.
    package var truncation: String?

    /// Reads a whole record. A cut-off end is told in `truncation`; anything else wrong is thrown as one line.
    package init(_ bytes: [UInt8]) throws {
        var reader = RecordReader()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        let wholeLastLine = bytes.last == UInt8(ascii: "\n")
        events = try lines.enumerated().compactMap { index, line in
            try reader.add(Array(line), isTorn: index == lines.count - 1 && !wholeLastLine)
        }
        truncation = try reader.finish()
    }

    package init(events: [Event], truncation: String?) {
        self.events = events
        self.truncation = truncation
    }
}

/// What a line says by itself, whatever stands before it.
package struct DecodedLine: Sendable {
    /// Nil for an empty line.
    fileprivate let decoded: Result<Event?, RecordError>?

    /// Decodes a line, which comes without its newline.
    package init(_ line: [UInt8], by decoder: RecordDecoder) {
        if line.isEmpty {
            decoded = nil
            return
        }
        do {
            decoded = .success(try decoder.event(line))
        } catch {
            decoded = .failure(error as? RecordError ?? RecordError("\(error)"))
        }
    }
}

/// Reads a record line by line, and believes nothing of it: values have bounds, and lines must not contradict each
/// other. Everything that reads a record goes through it.
package struct RecordReader {
    private let decoder = RecordDecoder()
    private var consistency = Consistency()
    private var lines = 0
    private var hasHeader = false
    private var hasEnd = false
    private var truncation: String?

    package init() {}

    /// The event of the next line, which comes without its newline; nil for what this program does not know. Throws
    /// what is wrong with it, in one line.
    ///
    /// - Parameter isTorn: whether its newline is missing, so that it may be the begin of a line only.
    package mutating func add(_ line: [UInt8], isTorn: Bool = false) throws -> Event? {
        try add(DecodedLine(line, by: decoder), isTorn: isTorn)
    }

    /// The same for a line that has been decoded, perhaps beside others.
    package mutating func add(_ line: DecodedLine, isTorn: Bool = false) throws -> Event? {
        guard let decoded = line.decoded else { return nil }
        lines += 1
        do {
            guard let event = try decoded.get() else { return nil }
            try consistency.admit(event)
            if case .run = event { hasHeader = true }
            if case .end = event { hasEnd = true }
            return event
        } catch let contradiction as Contradiction {
            throw RecordError("line \(lines): this record contradicts itself: \(contradiction)")
        } catch let error as RecordError {
            // Only the last line may be torn, and only if a header makes this a record at all.
            guard isTorn, hasHeader else { throw RecordError("line \(lines): \(error)") }
            truncation = "cut off inside line \(lines)"
            return nil
        }
    }

    /// Says that no more lines come. Gives what is missing at the end, in words; nil for a whole record. Throws when
    /// it is none.
    package consuming func finish() throws -> String? {
        guard lines > 0 else { throw RecordError("the record is empty") }
        guard hasHeader else { throw RecordError("not a tcpwitness record: it has no header line") }
        return truncation ?? (hasEnd ? nil : "cut off after line \(lines)")
    }
}

extension RunRecord {
    /// Reads a whole record. A cut-off end is told in `truncation`; anything else wrong is thrown as one line.
    package init(_ bytes: [UInt8]) throws {
        let contents = try RecordContents(bytes)
        try self.init(contents.events, truncation: contents.truncation)
    }

    /// Puts the events of a run in order. Throws when they have no header.
    ///
    /// They come from a record that has been read, or from a stream that was held against what was asked.
    package init(_ events: some Sequence<Event>, truncation: String? = nil) throws {
        var assembly = RunAssembly(.whole)
        for event in events { assembly.add(event) }
        self = try assembly.record(truncation: truncation)
    }
}

extension Event {
    /// The attempt the event belongs to; nil for those of the whole run.
    package var attempt: Attempt? {
        switch self {
        case .run, .plan, .end: nil
        case .started(let payload): payload.attempt
        case .hosts(let payload): payload.attempt
        case .call(let payload): payload.attempt
        case .transition(let payload): payload.attempt
        case .row(let payload): payload.attempt
        case .segment(let payload): payload.attempt
        case .packet(let payload): payload.attempt
        case .counters(let payload): payload.attempt
        case .exit(let payload): payload.attempt
        case .step(let payload): payload.attempt
        case .act(let payload): payload.attempt
        case .note(let payload): payload.attempt
        case .health(let payload): payload.attempt
        case .check(let payload): payload.attempt
        case .suspicion(let payload): payload.attempt
        case .lateness(let payload): payload.attempt
        case .measurement(let payload): payload.attempt
        case .finished(let payload): payload.attempt
        }
    }
}
