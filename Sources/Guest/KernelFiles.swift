internal import FoundationEssentials
internal import Linux

/// A kernel out of package files: the image's, and those with its modules.
///
/// They are only unpacked, into a tree of the store that is named after their contents.
struct KernelFiles {
    /// One file, or the address of one with the sum that it must have.
    private enum Part {
        case file(String)
        case address(String, sum: String)
    }

    private let parts: [Part]
    private let certificates: String?

    /// - Parameters:
    ///   - argument: paths and addresses with commas between them; an address ends with `#sha256=` and the sum.
    ///   - certificates: the file with the certificates to trust; nil for the machine's own.
    init(_ argument: String, trusting certificates: String? = nil) throws {
        self.certificates = certificates
        parts = try argument.split(separator: ",").map { part in
            guard part.hasPrefix("https://") || part.hasPrefix("http://") else {
                guard Files.exists(String(part)) else { throw GuestError("no file \(part)") }
                return .file(String(part))
            }
            let halves = part.split(separator: "#", maxSplits: 1).map(String.init)
            guard halves.count == 2, halves[1].hasPrefix("sha256=") else {
                throw GuestError("\(part): say what it must be, with #sha256=SUM behind the address")
            }
            guard halves[0].hasPrefix("https://") else { throw GuestError("\(halves[0]): only https is fetched") }
            let sum = halves[1].dropFirst("sha256=".count).lowercased()
            guard sum.utf8.count == 64, sum.allSatisfy(\.isHexDigit) else {
                throw GuestError("\(part): a sha256 has 64 hexadecimal digits")
            }
            return .address(halves[0], sum: sum)
        }
    }

    /// Unpacks what has not been unpacked before. Throws `GuestError`, in one line that names the file.
    func kernel(in store: KernelStore, progress: (String, Int, Int) -> Void) throws -> GuestKernel {
        let root = store.filesRoot
        let files = try parts.map { try local($0, in: root, progress: progress) }
        let key = try files.count == 1 ? files[0].sum : Self.sum(of: Array(files.map(\.sum).joined().utf8))
        let names = files.map { $0.name }.joined(separator: ",")
        do {
            return try withLock(root) { try unpacked(files, at: "\(root)/\(key)") }
        } catch let error as GuestError where !error.description.contains(names) {
            throw GuestError("\(names): \(error)")
        }
    }

    private typealias File = (name: String, path: String, sum: String)

    private func unpacked(_ files: [File], at place: String) throws -> GuestKernel {
        if try !KernelTree(place).isWhole() {
            let staging = "\(place).new"
            try? FileManager.default.removeItem(atPath: staging)
            defer { try? FileManager.default.removeItem(atPath: staging) }
            do {
                try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: true)
            } catch {
                throw GuestError("cannot write in \(staging)")
            }
            for file in files { try Self.unpack(file, into: staging) }
            let kernel = try KernelTree(staging).kernel
            _ = try GuestKernel.inspect(kernel.image)
            try Self.checkModules(of: kernel)
            try KernelTree(staging).seal(release: nil)
            try? FileManager.default.removeItem(atPath: place)
            do throws(SystemError) {
                try Files.rename(staging, to: place)
            } catch {
                throw GuestError("cannot keep it in \(place): \(error.errno)")
            }
        }
        var kernel = try KernelTree(place).kernel
        kernel.tree = place
        return kernel
    }

    /// What the image alone does not have, and nothing says that it has.
    private static func checkModules(of kernel: GuestKernel) throws {
        let release = kernel.label
        let hint = "give the package with its modules too, with a comma between the two"
        guard let modules = kernel.modules else { throw GuestError("no modules of \(release); \(hint)") }
        let known = try KernelModules(directory: modules)
        let builtIn = (try? Files.read("\(modules)/modules.builtin")) ?? ""
        // Without these nothing runs; netem is the relay's to replace, and packet sockets may be built in silently.
        for name in ["veth", "inet_diag", "tcp_diag"] where !known.has(name) {
            if builtIn.split(separator: "\n").contains(where: { $0.hasSuffix("/\(name).ko") }) { continue }
            throw GuestError("no module \(name) of \(release); \(hint)")
        }
    }

    // MARK: Files

    private func local(_ part: Part, in root: String, progress: (String, Int, Int) -> Void) throws -> File {
        switch part {
        case .file(let path):
            let absolute = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
            return (path, absolute, try Self.sum(ofFile: absolute))
        case .address(let address, let sum):
            let name = address.split(separator: "/").last.map(String.init) ?? address
            let path = "\(root)/downloads/\(sum)-\(name)"
            // What was fetched once is not trusted for having been.
            if Files.exists(path), try Self.sum(ofFile: path) == sum { return (name, path, sum) }
            try Download(address, to: path, trusting: certificates).run { progress(name, $0, $1) }
            let real = try Self.sum(ofFile: path)
            guard real == sum else {
                try? FileManager.default.removeItem(atPath: path)
                throw GuestError("\(address): its sha256 is \(real), not \(sum)")
            }
            return (name, path, sum)
        }
    }

    private static func unpack(_ file: File, into tree: String) throws {
        let start = try readFile(file.path).prefix(96)
        if start.starts(with: Array("!<arch>\n".utf8)) {
            let field = try Tool.run(["dpkg-deb", "--field", file.path, "Architecture"])
            guard field.status == .exited(0) else { throw GuestError("\(file.name): not a whole Debian package") }
            let architecture = field.text.trimmed
            guard ["amd64", "all"].contains(architecture) else {
                throw GuestError("\(file.name): a package for \(architecture), not amd64")
            }
            let result = try Tool.run(["dpkg-deb", "--extract", file.path, tree])
            guard result.status == .exited(0) else { throw GuestError("\(file.name): not a whole Debian package") }
        } else if start.starts(with: RPMPackage.magic) {
            do {
                try RPMPackage(readFile(file.path)).unpack(into: tree)
            } catch let error as GuestError {
                throw GuestError("\(file.name): \(error)")
            }
        } else {
            throw GuestError("\(file.name): neither a Debian package nor an RPM package")
        }
    }

    private static func sum(ofFile path: String) throws -> String {
        let result = try Tool.run(["sha256sum", "--binary", "--", path])
        guard result.status == .exited(0), let sum = result.text.split(separator: " ").first else {
            throw GuestError("cannot read \(path)")
        }
        // A name with a backslash makes sha256sum put one before the sum.
        return String(sum.drop { $0 == "\\" })
    }

    private static func sum(of bytes: [UInt8]) throws -> String {
        String(try Tool.output(of: ["sha256sum", "--binary"], input: bytes).text.prefix { $0 != " " })
    }

    private func withLock<Result>(_ root: String, _ body: () throws -> Result) throws -> Result {
        do {
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        } catch {
            throw GuestError("cannot make \(root)")
        }
        let lock = try Descriptor.open("\(root)/.lock", [.O_RDWR, .O_CREAT])
        try lock.lock()
        return try body()
    }
}
