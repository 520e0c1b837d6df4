internal import FoundationEssentials
internal import Linux

/// The modules of one kernel, as they lie in a directory tree.
///
/// What a module needs is read from the module itself: an unpacked package has no modules.dep yet, which depmod(8)
/// makes when the package is installed.
package struct KernelModules {
    struct Module: Equatable {
        let name: String
        let contents: [UInt8]
        var path = ""

        /// The release that it was built for, where it says so.
        var release: String? {
            KernelModules.value(of: "vermagic", in: contents)?.split(separator: " ").first.map(String.init)
        }
    }

    /// Paths by module name, in which `-` and `_` are the same.
    private let paths: [String: String]
    private let read: (String) throws -> [UInt8]

    /// Finds the modules below a directory, which may be a kernel's build tree.
    init(directory: String) throws {
        // A build tree has tens of thousands of files, but also a list of those that matter.
        if Files.exists("\(directory)/.config") {
            let order = (try? Files.read("\(directory)/modules.order")) ?? ""
            self.init(paths: Self.paths(inOrder: order, of: directory).filter(Files.exists), read: readFile)
            return
        }
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: directory) else {
            throw GuestError("cannot read the modules directory \(directory)")
        }
        self.init(paths: names.map { "\(directory)/\($0)" }, read: readFile)
    }

    init(paths: [String], read: @escaping (String) throws -> [UInt8]) {
        self.read = read
        self.paths = paths.reduce(into: [:]) { found, path in
            let file = path.split(separator: "/").last ?? ""
            guard let end = Self.ending(file), Self.unpackers.keys.contains(String(file[end.upperBound...])) else {
                return
            }
            found[Self.canonical(file[..<end.lowerBound])] = path
        }
    }

    /// The modules in a build tree's modules.order, which names object files since 6.3.
    static func paths(inOrder text: String, of tree: String) -> [String] {
        text.split(separator: "\n").map { name in
            "\(tree)/" + (name.hasSuffix(".o") ? name.dropLast(2) + ".ko" : name)
        }
    }

    /// The named modules and all they need, in an order in which they can be loaded.
    ///
    /// Those that are not there are left out: they may be built in, and whether the kernel can do what is wanted, the
    /// lab finds out by trying.
    func closure(of names: [String]) throws -> [Module] {
        var order: [Module] = []
        var visited: Set<String> = []
        func visit(_ name: String) throws {
            guard visited.insert(name).inserted, let path = paths[name] else { return }
            let contents = try unpacked(path)
            for need in Self.needs(of: contents) { try visit(need) }
            order.append(Module(name: name, contents: contents, path: path))
        }
        for name in names { try visit(Self.canonical(name[...])) }
        return order
    }

    /// Whether there is a module of that name.
    func has(_ name: String) -> Bool { paths[Self.canonical(name[...])] != nil }

    /// The programs that unpack those of some modules that are there.
    func unpackers(of names: [String]) -> [String] {
        names.compactMap { paths[Self.canonical($0[...])] }.compactMap { path in
            Self.unpackers[Self.packing(path)]?.first
        }
    }

    /// Commands that unpack standard input, by what follows `.ko` in a file name.
    private static let unpackers: [String: [String]] = [
        "": [], ".xz": ["xz", "-dc"], ".zst": ["zstd", "-dc"], ".gz": ["gzip", "-dc"],
    ]

    /// Where in a file name `.ko` stands.
    private static func ending(_ name: Substring) -> Range<Substring.Index>? { name.ranges(of: ".ko").last }

    /// What follows `.ko` in a file name.
    private static func packing(_ path: String) -> String {
        ending(path[...]).map { String(path[$0.upperBound...]) } ?? ""
    }

    private func unpacked(_ path: String) throws -> [UInt8] {
        let contents = try read(path)
        guard let command = Self.unpackers[Self.packing(path)], !command.isEmpty else { return contents }
        return try Tool.output(of: command, input: contents).output
    }

    /// The names in `depends=` of the module's .modinfo section.
    package static func needs(of module: [UInt8]) -> [String] {
        (value(of: "depends", in: module) ?? "").split(separator: ",").map { canonical($0) }
    }

    /// What the module's .modinfo section says of a name.
    fileprivate static func value(of name: String, in module: [UInt8]) -> String? {
        let marker = Array("\0\(name)=".utf8)
        guard let place = module.firstRange(of: marker) else { return nil }
        return String(decoding: module[place.upperBound...].prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func canonical(_ name: Substring) -> String {
        String(name.replacing("-", with: "_"))
    }
}
