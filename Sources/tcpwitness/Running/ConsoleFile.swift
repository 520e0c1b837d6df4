internal import FoundationEssentials
internal import Guest
internal import Report

/// Where the whole console of a guest goes that gave no whole result: beside the record, else into the cache, where the
/// next one of the same kernel replaces it.
struct ConsoleFile {
    private let path: String

    init(of label: String, record: OutputFile?) {
        path =
            record?.filePath.map { "\($0).console" }
            ?? "\(KernelStore.defaultRoot)/../consoles/\(FileName.safe(label)).console"
    }

    /// Writes it; returns the path, nil where it cannot be written, which is no reason to fail.
    func keep(_ bytes: [UInt8]) -> String? {
        let absolute = URL(filePath: path).standardizedFileURL
        let directory = absolute.deletingLastPathComponent().path(percentEncoded: false)
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let file = absolute.path(percentEncoded: false)
        guard let output = try? OutputFile(checking: file, option: "console"), (try? output.create(bytes)) != nil else {
            return nil
        }
        return file
    }
}
