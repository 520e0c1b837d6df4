internal import Glibc
internal import Linux
internal import Record
internal import Synchronization

/// Writes events as lines to a descriptor; ends the process when nobody reads them any more.
final class EventStream: Sendable {
    private let descriptor: Int32
    private let lock = Mutex(())

    init(descriptor: Int32) { self.descriptor = descriptor }

    func write(_ events: [Event]) {
        let encoder = RecordEncoder()
        let bytes = events.flatMap { encoder.line($0) }
        lock.withLock { _ in
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
}
