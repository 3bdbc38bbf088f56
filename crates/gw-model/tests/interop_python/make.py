import skops.io as sio, json, zipfile, io, numpy as np, joblib, functools, operator, pickle
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler, MinMaxScaler
from sklearn.ensemble import RandomForestClassifier, HistGradientBoostingRegressor, GradientBoostingClassifier
X=np.random.rand(40,3); y=np.arange(40)%2
m=make_pipeline(FunctionTransformer(np.log1p),StandardScaler(),LogisticRegression()).fit(X,y)
rf=RandomForestClassifier(5).fit(X,y)
hg=HistGradientBoostingRegressor().fit(X,y)
gb=GradientBoostingClassifier(n_estimators=3).fit(X,y)
import sys
H=sys.argv[1]+'/'
sio.dump({"m":m,"p":functools.partial(np.mean,axis=0),"g":operator.itemgetter(1),"s":{1,2},"t":np.float32, "b":b"x","sl":slice(1,2),"o":np.array([1,"a",None],dtype=object)}, H+'pipe.skops')
sio.dump(rf,H+'rf.skops'); sio.dump(hg,H+'hg.skops')
for name,o in [('pipe',m),('rf',rf),('hg',hg),('gb',gb),('arr',{'a':np.arange(10),'o':np.array([1,'a'],dtype=object),'e':np.zeros((0,3)),'f':np.asfortranarray(np.ones((3,4))),'s':np.array([(1,2.)],dtype=[('a','i4'),('b','f8')])})]:
    for c,ext in [(0,''),(3,'.z'),(('gzip',3),'.gz'),(('bz2',3),'.bz2'),(('lzma',3),'.lzma'),(('xz',3),'.xz'),(('lz4',3),'.lz4')]:
        joblib.dump(o,H+f'{name}.joblib{ext}',compress=c)
    pickle.dump(o,open(H+f'{name}.pkl','wb'))
np.savez(H+'a.npz',a=np.arange(3),b=np.ones((2,2),'f4')); np.savez_compressed(H+'c.npz',a=np.arange(3)); np.save(H+'u.npy',np.array(['a','bb']))
