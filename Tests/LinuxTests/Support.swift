import Glibc
import Linux
import Testing

let isRoot = geteuid() == 0

/// A file of a name of its own, removed when the test is over.
final class ScratchFile {
    let path: String
    private let descriptor: Descriptor
    var raw: Int32 { descriptor.raw }

    init(_ text: String = "") throws {
        var name = Array("/tmp/tcpwitness-linux-XXXXXX".utf8CString)
        let made = mkstemp(&name)
        guard made >= 0 else { throw SystemError("mkstemp") }
        close(made)
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        descriptor = try Descriptor.open(path, .O_RDWR)
        try descriptor.write(Array(text.utf8))
        lseek(descriptor.raw, 0, SEEK_SET)
    }

    deinit { unlink(path) }

    var text: String { get throws { try Files.read(path) } }

    /// How many descriptors this process has of it; other tests open and close theirs meanwhile.
    var count: Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            var target = [CChar](repeating: 0, count: 256)
            let length = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    readlinkat(dirfd(directory), $0, &target, target.count)
                }
            }
            if length > 0, target.prefix(length).map({ UInt8(bitPattern: $0) }) == Array(path.utf8) { count += 1 }
        }
        return count
    }
}

/// What a shell prints, and how it ends.
func shell(
    _ script: String, input: String = "", descriptors: [Int32] = [], directory: String? = nil,
    longestFile: Int? = nil, namespace: NetworkNamespace? = nil, isolated: Bool = false, ownSession: Bool = false
) throws -> (output: String, errors: String, status: WaitStatus) {
    let (input, output, errors) = (try ScratchFile(input), try ScratchFile(), try ScratchFile())
    let child = try ChildProcess(
        "/bin/sh", ["-c", script], environment: ["PATH=/usr/bin:/bin", "LC_ALL=C"],
        standard: StandardDescriptors(
            input: input.raw, output: output.raw, errors: errors.raw),
        descriptors: descriptors, directory: directory, longestFile: longestFile, namespace: namespace,
        isolated: isolated, ownSession: ownSession)
    let status = try child.wait()
    return (try output.text, try errors.text, status)
}

/// Whether a process ends within a time that nothing here needs.
func ends(_ child: ChildProcess, within seconds: Int32 = 30) -> Bool {
    var entry = pollfd(fd: child.pidfd.raw, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, seconds * 1000) > 0
}
