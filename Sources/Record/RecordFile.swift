#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The version of the line format, which this program writes and reads.
package let recordVersion = 1

/// A record that cannot be read, in one line.
package struct RecordError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Turns events into lines.
package struct RecordEncoder {
    private let encoder = LineEncoder()

    package init() {}

    /// One event as one line of UTF-8, with its newline.
    package func line(_ event: Event) -> [UInt8] {
        do {
            return try encoder.encode(Line(event)) + [UInt8(ascii: "\n")]
        } catch {
            // Only a value JSON cannot express (a NaN measurement) comes here: a mistake in this program.
            fatalError("cannot encode \(event): \(error)")
        }
    }
}

/// Turns lines into events.
package struct RecordDecoder {
    private let decoder = JSONDecoder()

    package init() {}

    /// The event of one line; nil when its kind is unknown. Throws when it is no line of a record, or has values that
    /// no record has.
    package func event(_ line: some Collection<UInt8>) throws -> Event? {
        try entry(Array(line)).event
    }

    /// The event and the line as it may be kept: without control characters in its texts.
    package func entry(_ line: [UInt8]) throws -> (event: Event?, line: [UInt8]) {
        guard line.count <= Self.longestLine else {
            throw RecordError("a line is longer than \(Self.longestLine) bytes")
        }
        let line = RecordText.plain(line)
        guard let event = try parse(Data(line)) else { return (nil, line) }
        if let fault = event.fault { throw RecordError("a line of kind \(event.kind): \(fault)") }
        return (event, line)
    }

    /// Longer lines are not read, so that what is no record at all is not kept in memory before that is known.
    package static let longestLine = 16 << 20

    private func parse(_ data: Data) throws -> Event? {
        // What is well formed takes one pass; only what is not is looked at again, to say what is wrong with it.
        if let line = try? decoder.decode(Line.self, from: data) { return line.event }
        guard let envelope = try? decoder.decode(Envelope.self, from: data), envelope.version > 0 else {
            throw RecordError("not a line of a tcpwitness record")
        }
        guard envelope.version <= recordVersion else {
            throw RecordError("this record is of a newer tcpwitness (version \(envelope.version))")
        }
        guard Line.Kind(rawValue: envelope.kind) != nil else { return nil }
        throw RecordError("a line of kind \(envelope.kind) lacks what it should have")
    }
}

extension Event {
    /// What its lines are called.
    fileprivate var kind: String { Line(self).kind.rawValue }
}

private struct Envelope: Decodable {
    var version: Int
    var kind: String
}

private struct Line: Codable {
    enum Kind: String, Codable {
        case run, plan, started, hosts, call, transition, row, segment, packet, counters, exit, note, health, check
        case suspicion, lateness, measurement, step, act, finished, end
    }
    enum CodingKeys: CodingKey { case version, kind, payload }

    let event: Event

    init(_ event: Event) { self.event = event }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        func payload<Payload: Decodable>(_ type: Payload.Type = Payload.self) throws -> Payload {
            try box.decode(Payload.self, forKey: .payload)
        }
        let version = try box.decode(Int.self, forKey: .version)
        guard version == recordVersion else { throw RecordError("version \(version)") }
        event =
            switch try box.decode(Kind.self, forKey: .kind) {
            case .run: .run(try payload())
            case .plan: .plan(try payload())
            case .started: .started(try payload())
            case .hosts: .hosts(try payload())
            case .call: .call(try payload())
            case .transition: .transition(try payload())
            case .row: .row(try payload())
            case .segment: .segment(try payload())
            case .packet: .packet(try payload())
            case .counters: .counters(try payload())
            case .exit: .exit(try payload())
            case .step: .step(try payload())
            case .act: .act(try payload())
            case .note: .note(try payload())
            case .health: .health(try payload())
            case .check: .check(try payload())
            case .suspicion: .suspicion(try payload())
            case .lateness: .lateness(try payload())
            case .measurement: .measurement(try payload())
            case .finished: .finished(try payload())
            case .end: .end(try payload())
            }
    }

    func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: CodingKeys.self)
        try box.encode(recordVersion, forKey: .version)
        try box.encode(kind, forKey: .kind)
        func put(_ payload: some Encodable) throws { try box.encode(payload, forKey: .payload) }
        switch event {
        case .run(let payload): try put(payload)
        case .plan(let payload): try put(payload)
        case .started(let payload): try put(payload)
        case .hosts(let payload): try put(payload)
        case .call(let payload): try put(payload)
        case .transition(let payload): try put(payload)
        case .row(let payload): try put(payload)
        case .segment(let payload): try put(payload)
        case .packet(let payload): try put(payload)
        case .counters(let payload): try put(payload)
        case .exit(let payload): try put(payload)
        case .step(let payload): try put(payload)
        case .act(let payload): try put(payload)
        case .note(let payload): try put(payload)
        case .health(let payload): try put(payload)
        case .check(let payload): try put(payload)
        case .suspicion(let payload): try put(payload)
        case .lateness(let payload): try put(payload)
        case .measurement(let payload): try put(payload)
        case .finished(let payload): try put(payload)
        case .end(let payload): try put(payload)
        }
    }

    var kind: Kind {
        switch event {
        case .run: .run
        case .plan: .plan
        case .started: .started
        case .hosts: .hosts
        case .call: .call
        case .transition: .transition
        case .row: .row
        case .segment: .segment
        case .packet: .packet
        case .counters: .counters
        case .exit: .exit
        case .step: .step
        case .act: .act
        case .note: .note
        case .health: .health
        case .check: .check
        case .suspicion: .suspicion
        case .lateness: .lateness
        case .measurement: .measurement
        case .finished: .finished
        case .end: .end
        }
    }
}
