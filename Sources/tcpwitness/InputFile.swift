internal import Glibc
internal import Linux
internal import Record

/// Files that commands read whole. All throw complaints.
enum InputFile {
    static func bytes(_ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            let file = try Descriptor.open(path, O_RDONLY)
            var more: [UInt8]
            repeat {
                more = try file.read(capacity: 1 << 20)
                bytes += more
            } while !more.isEmpty
        } catch {
            throw Complaint("cannot read \(path): \(error.errno)")
        }
        return bytes
    }

    /// The events of a file that `run --record` wrote.
    static func record(_ path: String) throws -> RecordContents {
        let bytes = try bytes(path)
        do {
            return try RecordContents(bytes)
        } catch {
            throw Complaint("\(path): \(error)")
        }
    }

    /// The run that such a file tells of.
    static func run(_ path: String) throws -> RunRecord {
        let contents = try record(path)
        return try RunRecord(contents.events, truncation: contents.truncation)
    }
}
