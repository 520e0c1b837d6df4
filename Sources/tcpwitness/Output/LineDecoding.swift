internal import Dispatch
internal import Linux
internal import Record
internal import Synchronization

/// Decodes lines on all processors. The threads for that stay for a while.
enum LineDecoding {
    /// As few lines are not worth a thread.
    private static let fewest = 64

    /// The lines in their order, each by itself.
    static func decode(_ lines: [[UInt8]]) -> [DecodedLine] {
        let processors = Processors.online
        let size = max(fewest, (lines.count + processors - 1) / processors)
        let parts = stride(from: 0, to: lines.count, by: size).map { lines[$0..<min($0 + size, lines.count)] }
        let results = Mutex<[[DecodedLine]]>(Array(repeating: [], count: parts.count))
        DispatchQueue.concurrentPerform(iterations: parts.count) { number in
            let decoder = RecordDecoder()
            let decoded = parts[number].map { DecodedLine($0, by: decoder) }
            results.withLock { $0[number] = decoded }
        }
        return results.withLock { $0 }.flatMap { $0 }
    }
}
