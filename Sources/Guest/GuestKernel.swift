internal import Foundation
internal import Glibc
internal import Linux

/// A kernel that can be booted: what it is called, its image and its modules.
package struct GuestKernel: Equatable, Sendable {
    /// What reports call it.
    package var label: String
    package var image: String
    /// A directory with modules somewhere below; nil where all is built in.
    package var modules: String?

    package init(label: String, image: String, modules: String?) {
        self.label = label
        self.image = image
        self.modules = modules
    }

    /// Finds the parts of the kernel that a path names.
    ///
    /// - Parameter argument: an image, or a kernel's build tree, either with `:` and a modules directory. Without one,
    ///   the modules are those installed beside the image, if any.
    package init(path argument: String) throws {
        var path = argument
        var modules: String?
        if !Files.exists(argument), let colon = argument.lastIndex(of: ":") {
            path = String(argument[..<colon])
            modules = String(argument[argument.index(after: colon)...])
        }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw GuestError("no kernel \(path): no such file, nor a series that 'tcpwitness kernel list' shows")
        }
        if isDirectory.boolValue {
            modules = modules ?? path
            path += "/arch/x86/boot/bzImage"
            guard Files.exists(path) else { throw GuestError("\(argument): not a build tree, it has no \(path)") }
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let release = try Self.inspect(path).release
        self.init(
            label: release ?? name, image: path,
            modules: modules ?? release.flatMap { Self.installedModules(of: $0, beside: path) })
        if let modules, !Files.exists(modules) { throw GuestError("no modules directory \(modules)") }
    }

    /// Looks at an image. Throws `GuestError` that names the file.
    package static func inspect(_ path: String) throws -> KernelImage {
        do {
            return try KernelImage(readFile(path))
        } catch let error as GuestError where !error.description.contains(path) {
            throw GuestError("\(path): \(error)")
        }
    }

    /// `/lib/modules/RELEASE` of the tree in whose `/boot` the image lies.
    private static func installedModules(of release: String, beside image: String) -> String? {
        guard let own = realpath(image, nil) else { return nil }
        defer { free(own) }
        let boot = String(cString: own).split(separator: "/").dropLast()
        let root = boot.dropLast().map { "/\($0)" }.joined()
        return ["\(root)/lib/modules/\(release)", "\(root)/usr/lib/modules/\(release)"].first(where: Files.exists)
    }

    /// The modules a guest would load, in order. Throws `GuestError`.
    package func moduleNames() throws -> [String] { try neededModules().map(\.name) }

    func neededModules() throws -> [KernelModules.Module] {
        try modules.map { try KernelModules(directory: $0).closure(of: GuestImage.moduleNames) } ?? []
    }

    /// The bytes to boot: the uncompressed kernel, which saves the guest a second of unpacking, where QEMU can start it.
    func bootable() throws -> [UInt8] {
        let bytes = try readFile(image)
        guard case .bzImage(let payload, let compression?) = try Self.inspect(image).kind,
            let elf = try? Tool.output(
                of: compression.command, input: Array(bytes[payload].dropLast(compression.trailer))
            ).output, KernelImage.hasPVHEntry(elf)
        else { return bytes }
        return elf
    }
}
