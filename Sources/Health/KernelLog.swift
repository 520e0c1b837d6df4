package import Linux

/// The kernel's log from one moment on.
package struct KernelLog: ~Copyable {
    private let file: Descriptor
    /// How often messages were overwritten before they were read.
    package private(set) var losses = 0

    /// Opens the log. Throws the open(2) error.
    ///
    /// - Parameter fromBoot: whether what is already in it counts: in a guest, whose kernel is ours from its first line.
    package init(fromBoot: Bool) throws(SystemError) {
        let file = try Descriptor.open("/dev/kmsg", [.O_RDONLY, .O_NONBLOCK])
        try fromBoot ? file.rewind() : file.seekToEnd()
        self.file = file
    }

    /// Everything that has been logged since the last time. Throws the read(2) error.
    package mutating func read() throws(SystemError) -> [LogRecord] {
        var records: [LogRecord] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            do {
                let count = try Descriptor.read(file.raw, into: &buffer)
                if count == 0 { return records }
                if let record = LogRecord(buffer[..<count]) { records.append(record) }
            } catch  where error.errno == .EPIPE {
                losses += 1
            }
        }
    }
}

/// Why a kernel is tainted (Documentation/admin-guide/tainted-kernels.rst), as far as it is a complaint.
package struct Taint: Equatable, Sendable {
    package let bits: UInt64

    package init(bits: UInt64) { self.bits = bits }

    /// Reads the present state. Throws the open(2) error.
    package init() throws(SystemError) {
        bits = UInt64(try Files.read("/proc/sys/kernel/tainted").trimmed) ?? 0
    }

    private static let complaints: [(bit: UInt64, words: String)] = [
        (4, "M (a machine check)"), (5, "B (a bad page)"), (7, "D (it died: an oops or BUG)"), (9, "W (a warning)"),
        (14, "L (a soft lockup)"),
    ]

    /// What has been added since another moment, in words; empty for loaded modules and the like.
    package func complaints(since earlier: Taint) -> [String] {
        Self.complaints.filter { (bits & ~earlier.bits) >> $0.bit & 1 == 1 }.map(\.words)
    }
}
