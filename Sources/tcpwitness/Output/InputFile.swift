internal import Linux
internal import Record

/// Files that commands read; `-` is standard input. All throw complaints.
enum InputFile {
    /// Nothing that is read at once, such as a baseline, is nearly as long.
    private static let longest = 64 << 20

    static func bytes(_ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read(path) { more in
            bytes += more
            guard bytes.count <= longest else { throw Complaint("cannot read \(path): longer than \(longest) bytes") }
        }
        return bytes
    }

    /// On how many processors lines are decoded, which is most of what reading takes.
    enum Threads {
        /// Where a user namespace may be made later: only a process without other threads can.
        case one
        case all
    }

    /// Reads a file that `run --record` wrote event by event. Gives what is missing at its end, in words.
    static func events(
        _ path: String, on threads: Threads = .one, _ take: (Event) throws -> Void
    ) throws -> String? {
        var reader = RecordReader()
        var buffer = LineBuffer()
        var isFirst = true
        do {
            try read(path) { more in
                if isFirst, let other = OtherFile.hint(more, path) { throw Complaint("\(path): \(other)") }
                isFirst = false
                let lines = try buffer.add(more)
                switch threads {
                case .one: for line in lines { try reader.add(line).map(take) }
                case .all: for line in LineDecoding.decode(lines) { try reader.add(line).map(take) }
                }
            }
            try reader.add(buffer.partial, isTorn: true).map(take)
            return try reader.finish()
        } catch let error as RecordError {
            throw Complaint("\(path): \(error)")
        }
    }

    /// All events of such a file.
    static func record(_ path: String) throws -> RecordContents {
        var events: [Event] = []
        let truncation = try Self.events(path) { events.append($0) }
        return RecordContents(events: events, truncation: truncation)
    }

    /// The run that such a file tells of.
    static func run(
        _ path: String, _ detail: RunAssembly.Detail = .reported, on threads: Threads = .one
    ) throws -> RunRecord {
        var assembly = RunAssembly(detail)
        let truncation = try events(path, on: threads) { assembly.add($0) }
        return try assembly.record(truncation: truncation)
    }

    private static func read(_ path: String, _ take: ([UInt8]) throws -> Void) throws {
        do {
            let file = path == standardInput ? try InputSpool.open() : try Descriptor.open(path, .O_RDONLY)
            while case let more = try file.read(capacity: 1 << 20), !more.isEmpty { try take(more) }
        } catch let error as SystemError {
            throw Complaint("cannot read \(path): \(error.errno)")
        }
    }

    /// What stands for a file that comes through standard input.
    private static let standardInput = "-"
}
