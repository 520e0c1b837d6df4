internal import FoundationEssentials
internal import Linux

/// The unpacked packages of one kernel: its image and its modules, wherever a distribution puts them.
struct KernelTree {
    private let root: String

    init(_ root: String) { self.root = root }

    /// Where the sums of a tree's files are.
    static func sums(of tree: String) -> String { "\(tree)/.sha256" }

    /// The kernel in it. Throws `GuestError` that says what is missing.
    ///
    /// Debian's image lay in /boot before 7.0 and lies beside its modules since then, where Fedora's does too.
    var kernel: GuestKernel {
        get throws {
            var found: [(release: String, image: String)] = []
            for (directory, prefix) in [("boot", "vmlinuz-"), ("usr/lib/modules", ""), ("lib/modules", "")] {
                for name in names(directory) where name.hasPrefix(prefix) {
                    let image = "\(root)/\(directory)/\(name)" + (prefix.isEmpty ? "/vmlinuz" : "")
                    let release = String(name.dropFirst(prefix.count))
                    if isInside(image), !found.contains(where: { $0.release == release }) {
                        found.append((release, image))
                    }
                }
            }
            guard let (release, image) = found.first else {
                throw GuestError("no kernel image: neither boot/vmlinuz-* nor lib/modules/*/vmlinuz")
            }
            guard found.count == 1 else {
                throw GuestError("several kernels: \(found.map(\.release).sorted().joined(separator: ", "))")
            }
            let places = ["lib/modules", "usr/lib/modules"].map { "\(root)/\($0)/\(release)" }
            let others = Set(names("lib/modules") + names("usr/lib/modules")).subtracting([release])
            let modules = places.filter(isInside)
            // A directory with nothing but the image is no directory of modules.
            let full = modules.first { Files.exists("\($0)/kernel") || Files.exists("\($0)/modules.builtin") }
            if full == nil, let other = others.sorted().first {
                throw GuestError("modules of \(other), but a kernel \(release)")
            }
            return GuestKernel(label: release, image: image, modules: full ?? modules.first)
        }
    }

    /// Writes down the sums of all files, by which the tree is checked from now on.
    ///
    /// - Parameter release: what the release is called in its archive; nil for what is no release of one.
    func seal(release: String?) throws {
        _ = try kernel
        if let release { try write("\(release)\n", to: ".release") }
        let list = try Tool.output(
            of: ["sh", "-c", "find . -type f ! -name .sha256 -print0 | sort -z | xargs -0r sha256sum -b"], in: root)
        try write(list.text, to: ".sha256")
    }

    /// Whether every file is as it was unpacked.
    func isWhole() throws -> Bool {
        guard Files.exists(Self.sums(of: root)) else { return false }
        return try Tool.run(["sha256sum", "--check", "--status", "--strict", ".sha256"], in: root).status == .exited(0)
    }

    /// Checks some of its files, before they are used. Throws `GuestError` that names the first that is not as it was.
    func check(_ paths: [String]) throws {
        guard !paths.isEmpty else { return }
        let names = Set(paths.map { "./" + $0.dropFirst(root.count).drop { $0 == "/" } })
        // `<sum> *<name>`
        let wanted = try Files.read(Self.sums(of: root)).split(separator: "\n").filter { line in
            line.firstIndex(of: "*").map { names.contains(String(line[line.index(after: $0)...])) } ?? false
        }
        guard wanted.count == names.count else { throw GuestError("\(root): not all of it has a sum") }
        let list = Array(wanted.joined(separator: "\n").utf8)
        let check = try Tool.run(["sha256sum", "--check", "--quiet", "--strict"], input: list, in: root)
        guard check.status != .exited(0) else { return }
        let name = check.text.split(separator: "\n").first?.split(separator: ":").first.map(String.init) ?? "a file"
        throw GuestError("\(root)/\(name.dropFirst(2)) is not what was unpacked; fetch the kernel again")
    }

    private func write(_ text: String, to name: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: "\(root)/\(name)"))
        } catch {
            throw GuestError("cannot write in \(root)")
        }
    }

    private func names(_ directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(directory)")) ?? []).sorted()
    }

    /// Whether something is there, and not behind a link that leads out of the tree.
    private func isInside(_ path: String) -> Bool {
        guard let own = Files.realPath(root), let real = Files.realPath(path) else { return false }
        return real.hasPrefix(own + "/")
    }
}
