internal import FoundationEssentials
internal import Linux

/// A kernel that can be booted: what it is called, its image and its modules.
package struct GuestKernel: Equatable, Sendable {
    /// What reports call it.
    package var label: String
    package var image: String
    /// A directory with modules somewhere below; nil where all is built in.
    package var modules: String?
    /// The tree that both are in and whose sums are known, if there is one.
    var tree: String?

    package init(label: String, image: String, modules: String?) {
        self.label = label
        self.image = image
        self.modules = modules
    }

    /// The same kernel under another name.
    func called(_ label: String) -> GuestKernel {
        var other = self
        other.label = label
        return other
    }

    /// What `--kernel` takes for the kernel of this machine.
    package static let runningName = "running"

    /// Finds the parts of the kernel that an argument names.
    ///
    /// - Parameter argument: an image, or a kernel's build tree, either with `:` and a modules directory. Without one,
    ///   the modules are those of the tree, or those installed beside the image, if any. Or `running`.
    package init(path argument: String) throws {
        var path = argument
        var modules: String?
        if argument == Self.runningName {
            path = try Self.runningImage()
        } else if !Files.exists(argument), let colon = argument.lastIndex(of: ":") {
            path = String(argument[..<colon])
            modules = String(argument[argument.index(after: colon)...])
        }
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw GuestError("no kernel \(path): no such file, nor a series that 'tcpwitness kernel list' shows")
        }
        if isDirectory {
            if let kernel = try Self.unpacked(in: path) {
                self = kernel
                self.modules = modules ?? kernel.modules
                if let modules, !Files.exists(modules) { throw GuestError("no modules directory \(modules)") }
                return
            }
            modules = modules ?? path
            path = try Self.image(ofTree: path)
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let release = try Self.inspect(path).release
        self.init(
            label: release ?? name, image: path,
            modules: modules ?? release.flatMap { Self.installedModules(of: $0, beside: path) })
        if let modules, !Files.exists(modules) { throw GuestError("no modules directory \(modules)") }
    }

    /// Where distributions keep the image of the kernel that runs.
    ///
    /// - Parameters:
    ///   - release: what the kernel calls itself.
    ///   - root: the directory that is taken for `/`.
    static func runningImage(release: String = RunningKernel.current.release, root: String = "") throws -> String {
        let places = ["boot/vmlinuz-\(release)", "lib/modules/\(release)/vmlinuz"].map { "\(root)/\($0)" }
        guard let image = places.first(where: Files.exists) else {
            throw GuestError(
                "no image of the running kernel: there is neither \(places.joined(separator: " nor ")); "
                    + "name it with --kernel PATH")
        }
        return image
    }

    /// The kernel of a directory that is not a build tree: the root of unpacked packages, or a directory of modules
    /// with their image. Nil where there is no such image.
    private static func unpacked(in directory: String) throws -> GuestKernel? {
        if Files.exists("\(directory)/.config") { return nil }
        if Files.exists("\(directory)/vmlinuz") {
            let image = "\(directory)/vmlinuz"
            let release = try inspect(image).release
            return GuestKernel(label: release ?? image, image: image, modules: directory)
        }
        guard ["boot", "lib/modules", "usr/lib/modules"].contains(where: { Files.exists("\(directory)/\($0)") }) else {
            return nil
        }
        do {
            return try KernelTree(directory).kernel
        } catch let error as GuestError {
            throw GuestError("\(directory): \(error)")
        }
    }

    private static func image(ofTree tree: String) throws -> String {
        let images = ["arch/x86/boot/bzImage", "vmlinux"].map { "\(tree)/\($0)" }
        guard let image = images.first(where: Files.exists) else {
            throw GuestError("\(tree): not a kernel that has been built, it has neither \(images[0]) nor a vmlinux")
        }
        return image
    }

    /// Looks at an image. Throws `GuestError` that names the file.
    package static func inspect(_ path: String) throws -> KernelImage {
        do {
            return try KernelImage(readFile(path))
        } catch let error as GuestError where !error.description.contains(path) {
            throw GuestError("\(path): \(error)")
        }
    }

    /// The directory of the image where it lies among its modules, or `/lib/modules/RELEASE` of the tree in whose
    /// `/boot` it lies.
    private static func installedModules(of release: String, beside image: String) -> String? {
        guard let own = Files.realPath(image) else { return nil }
        let parents = own.split(separator: "/").dropLast()
        if parents.suffix(2) == ["modules", release[...]] { return parents.map { "/\($0)" }.joined() }
        let root = parents.dropLast().map { "/\($0)" }.joined()
        return ["\(root)/lib/modules/\(release)", "\(root)/usr/lib/modules/\(release)"].first(where: Files.exists)
    }

    /// The modules a guest would load, in order. Throws `GuestError`.
    package func moduleNames() throws -> [String] { try neededModules().map(\.name) }

    func neededModules() throws -> [KernelModules.Module] {
        guard let modules else { return [] }
        let found = try KernelModules(directory: modules).closure(of: GuestImage.moduleNames)
        if let tree { try KernelTree(tree).check(found.map(\.path)) }
        // The kernel would refuse them one by one.
        if let own = try Self.inspect(image).release,
            let foreign = found.first(where: { $0.release.map { $0 != own } ?? false })
        {
            throw GuestError("modules of \(foreign.release ?? ""), but a kernel \(own): \(foreign.path)")
        }
        return found
    }

    /// The bytes to boot: the uncompressed kernel, which saves the guest a second of unpacking, where QEMU can start it.
    func bootable() throws -> [UInt8] {
        if let tree { try KernelTree(tree).check([image]) }
        let bytes = try readFile(image)
        let kind = try KernelImage(bytes).kind
        if kind == .elf && !KernelImage.hasPVHEntry(bytes) {
            throw GuestError("\(image): an uncompressed kernel without CONFIG_PVH, which QEMU cannot start")
        }
        guard case .bzImage(let payload, let compression?) = kind,
            let elf = try? Tool.output(
                of: compression.command, input: Array(bytes[payload].dropLast(compression.trailer))
            ).output, KernelImage.hasPVHEntry(elf)
        else { return bytes }
        return elf
    }
}
