using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Weft.Tests.Architecture;

/// <summary>
/// Says of each method and type of an assembly which folder its source file is in, as its portable PDB has it. A type that is written in
/// several folders belongs to the lowest: that is where its fields are, and who knows the type at all. Its methods belong to their own.
/// </summary>
internal sealed class SourceFolders
{
    private const string SourceRoot = "/src/Weft/";

    // Says of a type without code which documents it is in; see the specification of portable PDBs.
    private static readonly Guid s_typeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly MetadataReader _assembly;
    private readonly MetadataReader _symbols;
    private readonly Func<string, int> _depth;
    private readonly Dictionary<MethodDefinitionHandle, string> _methods = [];
    private readonly Dictionary<TypeDefinitionHandle, string> _types = [];

    /// <param name="assembly">The assembly.</param>
    /// <param name="symbols">Its PDB.</param>
    /// <param name="depth">How far down a folder is.</param>
    public SourceFolders(MetadataReader assembly, MetadataReader symbols, Func<string, int> depth)
    {
        _assembly = assembly;
        _symbols = symbols;
        _depth = depth;
        foreach (MethodDefinitionHandle method in assembly.MethodDefinitions)
            NoteMethod(method);
        foreach (TypeDefinitionHandle type in assembly.TypeDefinitions)
        {
            if (FolderOfOwnCode(type) is string folder)
                _types[type] = folder;
        }
    }

    /// <summary>Null for code that the compiler or a generator has written.</summary>
    public string? Of(MethodDefinitionHandle method) =>
        _methods.TryGetValue(method, out string? folder) ? folder : Of(_assembly.GetMethodDefinition(method).GetDeclaringType());

    /// <inheritdoc cref="Of(MethodDefinitionHandle)"/>
    public string? Of(TypeDefinitionHandle type)
    {
        if (_types.TryGetValue(type, out string? folder))
            return folder;
        TypeDefinitionHandle outer = _assembly.GetTypeDefinition(type).GetDeclaringType();
        return outer.IsNil ? null : Of(outer);
    }

    /// <summary>The folder of a source file, relative to <c>src/Weft</c>; null for one from elsewhere.</summary>
    public static string? OfFile(string path)
    {
        path = path.Replace('\\', '/');
        int start = path.LastIndexOf(SourceRoot, StringComparison.Ordinal);
        if (start < 0)
            return null;
        string relative = path[(start + SourceRoot.Length)..];
        string folder = relative.Contains('/') ? relative[..relative.LastIndexOf('/')] : Layers.Root;
        return folder == "obj" || folder.StartsWith("obj/", StringComparison.Ordinal) ? null : folder;
    }

    private void NoteMethod(MethodDefinitionHandle method)
    {
        MethodDebugInformation info = _symbols.GetMethodDebugInformation(method.ToDebugInformationHandle());
        DocumentHandle document = info.Document;
        if (document.IsNil && !info.SequencePointsBlob.IsNil)
            document = info.GetSequencePoints().First().Document;
        if (document.IsNil || OfFile(_symbols.GetString(_symbols.GetDocument(document).Name)) is not string folder)
            return;
        _methods[method] = folder;

        // The rest of an async method or an iterator is written where its beginning is.
        MethodDefinitionHandle kickoff = info.GetStateMachineKickoffMethod();
        if (!kickoff.IsNil)
            _methods[kickoff] = folder;
    }

    private string? FolderOfOwnCode(TypeDefinitionHandle type)
    {
        IEnumerable<MethodDefinitionHandle> methods = _assembly.GetTypeDefinition(type).GetMethods();
        return methods.Where(_methods.ContainsKey).Select(method => _methods[method]).Concat(FoldersWithoutCode(type)).MaxBy(_depth);
    }

    private IEnumerable<string> FoldersWithoutCode(TypeDefinitionHandle type)
    {
        foreach (CustomDebugInformationHandle handle in _symbols.GetCustomDebugInformation(type))
        {
            CustomDebugInformation information = _symbols.GetCustomDebugInformation(handle);
            if (_symbols.GetGuid(information.Kind) != s_typeDocuments)
                continue;
            BlobReader documents = _symbols.GetBlobReader(information.Value);
            while (documents.RemainingBytes > 0)
            {
                Document document = _symbols.GetDocument(MetadataTokens.DocumentHandle(documents.ReadCompressedInteger()));
                if (OfFile(_symbols.GetString(document.Name)) is string folder)
                    yield return folder;
            }
        }
    }
}
