internal import Linux
internal import Record

/// Takes events to where somebody waits for them.
final class EventStream: Sendable {
    private let take: @Sendable ([Event]) -> Void

    /// - Parameter take: called on one thread.
    init(events take: @escaping @Sendable ([Event]) -> Void) { self.take = take }

    /// - Parameter send: takes whole lines of a record, for the orchestrator; called on one thread.
    convenience init(_ send: @escaping @Sendable ([UInt8]) -> Void) {
        self.init(events: { events in
            let encoder = RecordEncoder()
            send(events.flatMap { encoder.line($0) })
        })
    }

    /// Writes lines to a descriptor, and ends the process when nobody reads it any more.
    convenience init(descriptor: Int32) {
        self.init { (bytes: [UInt8]) in
            if (try? Descriptor.write(bytes, to: descriptor)) == nil { OwnProcess.exitAtOnce(3) }
        }
    }

    func write(_ events: [Event]) { take(events) }
}
