internal import Glibc
internal import Linux
internal import Record
internal import Synchronization

/// Writes events as lines to where the orchestrator reads them.
final class EventStream: Sendable {
    private let send: @Sendable ([UInt8]) -> Void

    /// - Parameter send: takes whole lines; called on one thread.
    init(_ send: @escaping @Sendable ([UInt8]) -> Void) { self.send = send }

    /// Writes to a descriptor, and ends the process when nobody reads it any more.
    convenience init(descriptor: Int32) {
        self.init { bytes in
            var done = 0
            while done < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done)
                }
                if count >= 0 {
                    done += count
                } else if errno != EINTR {
                    _exit(3)
                }
            }
        }
    }

    func write(_ events: [Event]) {
        let encoder = RecordEncoder()
        send(events.flatMap { encoder.line($0) })
    }
}
