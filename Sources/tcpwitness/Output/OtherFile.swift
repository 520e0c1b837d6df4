/// Files that people take for records.
enum OtherFile {
    /// What a file is by its first bytes, where that is known to be no record.
    static func hint(_ bytes: [UInt8], _ path: String) -> String? {
        for (magic, name, tool) in packed where bytes.starts(with: magic) {
            return "this is compressed (\(name)); '\(tool) \(path) | tcpwitness ... -' reads it"
        }
        let text = String(decoding: bytes.prefix(64), as: UTF8.self)
        let found = others.first { text.hasPrefix($0.beginning) }
        return found.map { "this is \($0.words); a record is what --record writes" }
    }

    private static let packed: [(magic: [UInt8], name: String, tool: String)] = [
        ([0x1f, 0x8b], "gzip", "zcat"), ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz", "xzcat"),
        ([0x28, 0xb5, 0x2f, 0xfd], "zstd", "zstdcat"), ([0x42, 0x5a, 0x68], "bzip2", "bzcat"),
    ]

    private static let others: [(beginning: String, words: String)] = [
        ("<?xml", "XML, such as --junit writes"), ("<testsuite", "XML, such as --junit writes"),
        ("<!doctype html", "a page, such as --html writes"),
        ("KTAP version", "KTAP"), ("{\n", "JSON, such as --json writes"), ("SQLite format 3", "a history"),
        ("\n\r\r\n", "a capture, such as --pcap writes"),
    ]
}
