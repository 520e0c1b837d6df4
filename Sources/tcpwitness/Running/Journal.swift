internal import Linux
internal import Record

/// The lines of a run in a file without a name, for those reports that need every fact and are made at its end.
final class Journal {
    private let file: Descriptor

    /// Throws a complaint where temporary files cannot be written.
    init() throws {
        let path = TemporaryFile.directory
        do {
            file = try OutputDirectory(existing: path).openScratch()
        } catch {
            throw Complaint("cannot make a temporary file in \(path): \(error.errno)")
        }
    }

    /// Adds bytes at the end. Throws a complaint.
    func append(_ bytes: [UInt8]) throws {
        do {
            try file.write(bytes)
        } catch {
            throw Complaint("cannot write to a temporary file: \(error.errno)")
        }
    }

    /// Reads all events from the begin. Throws a complaint.
    func events(_ take: (Event) throws -> Void) throws {
        let decoder = RecordDecoder()
        try file.eachLine { line in try decoder.event(line).map(take) }
    }
}

/// A run that is over, for its reports.
struct ReportedRun {
    let record: RunRecord
    /// Its record's file; nil for one that has just been run.
    var path: String?
    /// Reads its events once more, with what the record leaves out; nil where nobody needs that.
    var replay: ((_ take: (Event) throws -> Void) throws -> Void)?
}

extension Descriptor {
    /// Reads the whole file, and gives its lines without their newlines. Throws a complaint.
    func eachLine(_ take: ([UInt8]) throws -> Void) throws {
        var buffer = LineBuffer()
        do {
            try rewind()
            while case let more = try read(capacity: 1 << 20), !more.isEmpty {
                for line in try buffer.add(more) { try take(line) }
            }
        } catch let error as SystemError {
            throw Complaint("cannot read what was written: \(error.errno)")
        }
    }
}
