import Foundation

/// A directory that looks like `/`, or like a kernel's build tree.
final class Tree {
    let path: String

    /// - Parameter files: contents by path.
    init(_ files: [String: [UInt8]]) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "tcpwitness-\(UUID().uuidString)").path()
        for (name, contents) in files {
            let file = URL(filePath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(contents).write(to: file)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
