internal import FoundationEssentials
internal import Linux

/// A file that curl(1) fetches, whole or not at all.
struct Download {
    private let address: String
    private let path: String

    /// The file with the certificates to trust; nil for the machine's own.
    private let certificates: String?

    init(_ address: String, to path: String, trusting certificates: String? = nil) {
        self.address = address
        self.path = path
        self.certificates = certificates
    }

    /// Fetches it. Throws `GuestError`.
    ///
    /// - Parameter progress: called with the bytes that are here and, once that is known, those there will be.
    func run(progress: (Int, Int) -> Void) throws {
        let partial = "\(path).partial"
        let head = "\(path).head"
        defer {
            for name in [partial, head] { try? Files.remove(name) }
        }
        let directory = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        do {
            try FileManager.default.createDirectory(atPath: String(directory), withIntermediateDirectories: true)
        } catch {
            throw GuestError("cannot make \(directory)")
        }
        let command =
            [
                "curl", "--silent", "--show-error", "--fail", "--location", "--proto", "=https", "--connect-timeout",
                "30",
                "--speed-limit", "1", "--speed-time", "60", "--dump-header", head, "--output", partial,
            ] + (certificates.map { ["--cacert", $0] } ?? []) + ["--", address]
        let result = try Tool.run(command) {
            progress(Files.status(partial)?.size ?? 0, Self.length(inHead: (try? Files.read(head)) ?? ""))
        }
        guard result.status == .exited(0) else {
            // The first line says what went wrong, those that follow where to read about it.
            let words = result.errors.split(separator: "\n").first.map { ": \($0.replacing("curl: ", with: ""))" } ?? ""
            throw GuestError("cannot fetch \(address)\(words)")
        }
        do throws(SystemError) {
            try Files.rename(partial, to: path)
        } catch {
            throw GuestError("cannot write \(path): \(error.errno)")
        }
    }

    /// What the last answer in a chain of redirections says of its length; 0 where it does not.
    static func length(inHead text: String) -> Int {
        let lines = text.lowercased().split(whereSeparator: \.isNewline)
        let field = lines.last { $0.hasPrefix("content-length:") }
        return field.flatMap { Int($0.dropFirst("content-length:".count).trimming { $0 == " " }) } ?? 0
    }
}

extension Substring {
    fileprivate func trimming(_ isSpace: (Character) -> Bool) -> Substring {
        var text = drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }
}
