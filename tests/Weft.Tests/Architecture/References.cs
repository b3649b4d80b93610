using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Weft.Tests.Architecture;

/// <summary>Every place of an assembly that names another place of it, from folder to folder.</summary>
internal sealed class References
{
    private readonly PEReader _image;
    private readonly MetadataReader _assembly;
    private readonly SourceFolders _folders;
    private readonly NamedTypes _named;
    private readonly HashSet<Reference> _found = [];

    private References(PEReader image, MetadataReader symbols, Func<string, int> depth)
    {
        _image = image;
        _assembly = image.GetMetadataReader();
        _folders = new SourceFolders(_assembly, symbols, depth);
        _named = new NamedTypes(_assembly);
    }

    /// <summary>References between different folders, in the order of their text.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="symbols">Its portable PDB.</param>
    /// <param name="depth">How far down a folder is; a type that is written in several belongs to the lowest.</param>
    public static IReadOnlyList<Reference> Of(Stream assembly, Stream symbols, Func<string, int> depth)
    {
        using var image = new PEReader(assembly);
        using MetadataReaderProvider pdb = MetadataReaderProvider.FromPortablePdbStream(symbols);
        var references = new References(image, pdb.GetMetadataReader(), depth);
        foreach (TypeDefinitionHandle type in references._assembly.TypeDefinitions)
            references.AddType(type);
        return [.. references._found.OrderBy(static reference => reference.ToString(), StringComparer.Ordinal)];
    }

    private void AddType(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _assembly.GetTypeDefinition(handle);
        string name = Name(handle);
        string? folder = _folders.Of(handle);
        if (!type.BaseType.IsNil)
            AddTypes(name, folder, _named.In(type.BaseType));
        foreach (InterfaceImplementationHandle implementation in type.GetInterfaceImplementations())
            AddTypes(name, folder, _named.In(_assembly.GetInterfaceImplementation(implementation).Interface));
        AddConstraints(name, folder, type.GetGenericParameters());
        AddAttributes(name, folder, type.GetCustomAttributes());
        foreach (FieldDefinitionHandle field in type.GetFields())
            AddField(handle, folder, _assembly.GetFieldDefinition(field));
        foreach (MethodDefinitionHandle method in type.GetMethods())
            AddMethod(method);
    }

    private void AddField(TypeDefinitionHandle type, string? folder, FieldDefinition field)
    {
        // Where the compiler keeps the delegates of lambdas without closures, of all files of a type. The code that makes them names their
        // types.
        if (_assembly.GetString(_assembly.GetTypeDefinition(type).Name) == "<>c")
            return;
        AddTypes($"{Name(type)}.{_assembly.GetString(field.Name)}", folder, field.DecodeSignature(_named, null));
    }

    private void AddMethod(MethodDefinitionHandle handle)
    {
        MethodDefinition method = _assembly.GetMethodDefinition(handle);
        string name = Name(handle);
        string? folder = _folders.Of(handle);
        AddTypes(name, folder, NamedTypes.In(method.DecodeSignature(_named, null)));
        AddConstraints(name, folder, method.GetGenericParameters());
        AddAttributes(name, folder, method.GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0)
            return;
        MethodBodyBlock body = _image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            foreach (var local in _assembly.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_named, null))
                AddTypes(name, folder, local);
        }

        foreach (ExceptionRegion region in body.ExceptionRegions)
        {
            if (!region.CatchType.IsNil)
                AddTypes(name, folder, _named.In(region.CatchType));
        }

        foreach (EntityHandle token in IlTokens.In(body))
            AddToken(name, folder, token);
    }

    private void AddToken(string from, string? folder, EntityHandle token)
    {
        switch (token.Kind)
        {
            case HandleKind.MethodDefinition:
                var method = (MethodDefinitionHandle)token;
                Add(from, folder, Name(method), _folders.Of(method));
                break;
            case HandleKind.FieldDefinition:
                FieldDefinition field = _assembly.GetFieldDefinition((FieldDefinitionHandle)token);
                TypeDefinitionHandle type = field.GetDeclaringType();
                Add(from, folder, $"{Name(type)}.{_assembly.GetString(field.Name)}", _folders.Of(type));
                break;
            case HandleKind.MethodSpecification:
                MethodSpecification instance = _assembly.GetMethodSpecification((MethodSpecificationHandle)token);
                AddToken(from, folder, instance.Method);
                foreach (var argument in instance.DecodeSignature(_named, null))
                    AddTypes(from, folder, argument);
                break;
            case HandleKind.MemberReference:
                AddTypes(from, folder, _named.In(_assembly.GetMemberReference((MemberReferenceHandle)token).Parent));
                break;
            default:
                AddTypes(from, folder, _named.In(token));
                break;
        }
    }

    private void AddConstraints(string from, string? folder, GenericParameterHandleCollection parameters)
    {
        foreach (GenericParameterHandle parameter in parameters)
        {
            foreach (GenericParameterConstraintHandle constraint in _assembly.GetGenericParameter(parameter).GetConstraints())
                AddTypes(from, folder, _named.In(_assembly.GetGenericParameterConstraint(constraint).Type));
        }
    }

    private void AddAttributes(string from, string? folder, CustomAttributeHandleCollection attributes)
    {
        foreach (CustomAttributeHandle attribute in attributes)
        {
            if (_assembly.GetCustomAttribute(attribute).Constructor is { Kind: HandleKind.MethodDefinition } constructor)
                AddToken(from, folder, constructor);
        }
    }

    private void AddTypes(string from, string? folder, IEnumerable<TypeDefinitionHandle> types)
    {
        foreach (TypeDefinitionHandle type in types)
            Add(from, folder, Name(type), _folders.Of(type));
    }

    private void Add(string from, string? fromFolder, string to, string? toFolder)
    {
        if (fromFolder is not null && toFolder is not null && fromFolder != toFolder)
            _found.Add(new Reference(from, fromFolder, to, toFolder));
    }

    private string Name(MethodDefinitionHandle handle)
    {
        MethodDefinition method = _assembly.GetMethodDefinition(handle);
        return $"{Name(method.GetDeclaringType())}.{_assembly.GetString(method.Name)}";
    }

    private string Name(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _assembly.GetTypeDefinition(handle);
        string name = _assembly.GetString(type.Name);
        return type.GetDeclaringType().IsNil ? name : $"{Name(type.GetDeclaringType())}+{name}";
    }
}
