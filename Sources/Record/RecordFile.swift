#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The version of the line format that this program writes, and the newest it reads.
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

    /// The event of one line; nil when its kind is unknown. Throws when it is no line of a record.
    package func event(_ line: some Collection<UInt8>) throws -> Event? {
        let data = Data(line)
        // What is well formed takes one pass; only what is not is looked at again, to say what is wrong with it.
        if let line = try? decoder.decode(Line.self, from: data) { return line.event }
        guard let envelope = try? decoder.decode(Envelope.self, from: data) else {
            throw RecordError("not a line of a tcpwitness record")
        }
        guard envelope.version <= recordVersion else {
            throw RecordError(
                "the record has version \(envelope.version), this tcpwitness reads up to \(recordVersion): use a newer one"
            )
        }
        guard Line.Kind(rawValue: envelope.kind) != nil else { return nil }
        throw RecordError("a line of kind \(envelope.kind) lacks what it should have")
    }
}

private struct Envelope: Decodable {
    var version: Int
    var kind: String
}

private struct Line: Codable {
    enum Kind: String, Codable {
        case run, plan, started, hosts, call, transition, row, segment, packet, counters, exit, note, check, suspicion
        case lateness, measurement, finished, end
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
        guard version <= recordVersion else { throw RecordError("version \(version)") }
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
            case .note: .note(try payload())
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
        func put(_ kind: Kind, _ payload: some Encodable) throws {
            try box.encode(kind, forKey: .kind)
            try box.encode(payload, forKey: .payload)
        }
        switch event {
        case .run(let payload): try put(.run, payload)
        case .plan(let payload): try put(.plan, payload)
        case .started(let payload): try put(.started, payload)
        case .hosts(let payload): try put(.hosts, payload)
        case .call(let payload): try put(.call, payload)
        case .transition(let payload): try put(.transition, payload)
        case .row(let payload): try put(.row, payload)
        case .segment(let payload): try put(.segment, payload)
        case .packet(let payload): try put(.packet, payload)
        case .counters(let payload): try put(.counters, payload)
        case .exit(let payload): try put(.exit, payload)
        case .note(let payload): try put(.note, payload)
        case .check(let payload): try put(.check, payload)
        case .suspicion(let payload): try put(.suspicion, payload)
        case .lateness(let payload): try put(.lateness, payload)
        case .measurement(let payload): try put(.measurement, payload)
        case .finished(let payload): try put(.finished, payload)
        case .end(let payload): try put(.end, payload)
        }
    }
}
